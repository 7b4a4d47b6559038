"""Resource types and look-ups of Systems Manager."""
