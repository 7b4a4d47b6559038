"""Generated examples are the same in every run, so a green run stays green.

No example has a deadline: a busy machine would fail it, and speed is what `make bench` measures.
`HYPOTHESIS_PROFILE=explore` looks for new ones; what it finds becomes a row of a table.
"""

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
