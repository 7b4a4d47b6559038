"""`python -m ops verify`: what is wrong with a cluster, as AWS's describe calls show it."""
