"""What users configure, policy by policy: read, checked, and turned into a `Configuration`."""
