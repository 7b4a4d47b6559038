"""The VPC: a router and hosts as network namespaces, which follow what AWS describes."""
