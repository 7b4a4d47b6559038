"""The cluster on one machine, offline: a real Pulumi engine, an AWS in memory, a provider."""
