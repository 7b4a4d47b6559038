"""`python -m ops drill`: a failover drill that times each table and restores the former owner."""
