"""Forms of texts, which settings and components check alike; pure."""

import re
from typing import Any

Form = tuple[re.Pattern[str], str]
"""What a text must look like, and what to write instead."""


def check_form(name: str, value: Any, form: Form) -> None:
    """Check an input; one that is left out passes. Raises ValueError with name and remedy."""
    if value is not None and not (isinstance(value, str) and form[0].fullmatch(value)):
        raise ValueError(f"{name}: {value!r} does not fit; {form[1]}")
