"""All that the reader knows of each Pulumi type: one row per type, in the table of its noun."""
