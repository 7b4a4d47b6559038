"""`python -m ops move`: leads the virtual IP's routes to a node, in all tables at once."""
