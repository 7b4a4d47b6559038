"""Reads what the policy SDK shows of a stack into a topology."""

from guardrails.pulumi_reader.reading import READERS, Reading, concerns, read, read_estate

__all__ = ["READERS", "Reading", "concerns", "read", "read_estate"]
