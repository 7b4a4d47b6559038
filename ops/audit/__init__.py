"""`python -m ops audit`: judges live AWS by the policy pack's rules, without Pulumi."""
