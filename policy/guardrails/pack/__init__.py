"""The policy pack: what the engine talks to."""

from guardrails.pack.policies import policies

__all__ = ["policies"]
