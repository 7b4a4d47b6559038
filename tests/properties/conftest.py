"""Generated examples are the same in every run, so a green run stays green.

`HYPOTHESIS_PROFILE=explore` looks for new ones; what it finds becomes a row of a table.
"""

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
