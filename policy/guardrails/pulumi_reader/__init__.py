"""Reads what the policy SDK shows of a stack into a topology."""

from guardrails.pulumi_reader.reader import READERS, Reading, concerns, read, read_stack

__all__ = ["READERS", "Reading", "concerns", "read", "read_stack"]
