"""Operations on a running cluster, with boto3 only: `python -m ops COMMAND`."""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("guardrails") is None:
    # In a checkout whose requirements are not installed, the judge lies beside this folder.
    sys.path.append(str(Path(__file__).parents[1] / "policy"))
