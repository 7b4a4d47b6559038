"""Scenarios: a fault, what clients see of it, and what must be true afterwards."""
