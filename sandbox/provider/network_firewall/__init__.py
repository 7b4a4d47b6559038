"""AWS Network Firewall; moto has no more of it than creating and describing firewalls."""
