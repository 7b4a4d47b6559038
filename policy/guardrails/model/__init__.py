"""What a network is made of, and what may be known of it: no judgement, no Pulumi."""
