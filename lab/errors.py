"""What goes wrong in the lab."""


class LabError(Exception):
    """A message for the person at the terminal: what is wrong, and the remedy."""
