"""The policy pack: what the engine talks to."""

from guardrails.pack.assembly import policies

__all__ = ["policies"]
