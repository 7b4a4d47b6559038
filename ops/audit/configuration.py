"""The policy pack's configuration file, as an audit takes it: options, and exemptions by id."""

import json
from pathlib import Path
from typing import Any, cast

from guardrails.options.settings import Settings, read_settings
from ops.errors import UsageError

_ENVIRONMENTS = "environments"
"""Names of Pulumi ESC, which are the engine's."""


def read_configuration(name: str | None) -> Settings:
    """Read a configuration file of the pack; the defaults without one.

    Raises UsageError with every mistake in it. Which policies there are is the pack's to say:
    `python -m guardrails validate` finds names that are written wrongly.
    """
    if name is None:
        return Settings()
    try:
        document = json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--exemptions {name}: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"--exemptions {name} is not valid JSON: {error}") from None
    if not isinstance(document, dict):
        raise UsageError(f"--exemptions {name}: write {{POLICY: {{OPTION: VALUE, ...}}, ...}}")
    options = {
        policy: cast("dict[str, Any]", value)
        for policy, value in cast("dict[str, Any]", document).items()
        if isinstance(value, dict) and policy != _ENVIRONMENTS
    }
    settings = read_settings(options, tuple(options))
    if settings.mistakes:
        raise UsageError(f"--exemptions {name}: " + "; ".join(settings.mistakes))
    return settings
