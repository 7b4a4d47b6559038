"""Functions (look-ups)."""
