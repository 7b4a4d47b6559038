"""The policy pack `closed-network`."""

from pulumi_policy import PolicyPack

from guardrails.pack import policies

PolicyPack(
    name="closed-network",
    display_name="Closed network",
    description="Keeps private subnets off the internet, endpoints to HTTPS, virtual IPs apart.",
    policies=policies(),
)
