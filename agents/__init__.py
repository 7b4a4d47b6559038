"""Resource agents for Pacemaker, made of `ops`; `python -m agents build` makes one file of each."""
