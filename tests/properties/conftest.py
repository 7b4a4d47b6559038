"""Generated examples are the same in every run, so a green run stays green.

How long one takes fails none: a machine may be busy, and speed is what `make bench` measures.
`HYPOTHESIS_PROFILE=explore` looks for new ones; what it finds becomes a row of a table.
"""

import os

from hypothesis import HealthCheck, settings

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", patient, derandomize=True)
settings.register_profile("explore", patient)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
