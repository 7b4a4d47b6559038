"""A script of its own folder, run by a project's Python, which knows nothing of this repository."""
