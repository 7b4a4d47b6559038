"""Blocks, during an update, a resource that would complete a violation."""
