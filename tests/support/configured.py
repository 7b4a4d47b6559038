"""A program's configuration for the time of a test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from pulumi.runtime import mocks, set_all_config

from settings import Fault, SettingsError, read_settings
from tests.support.recorder import Recorder, engine_config


@contextmanager
def configured(config: Mapping[str, Any]) -> Iterator[None]:
    """Make this the stack's configuration, of the project ha-cluster, and take it away again."""
    mocks.set_mocks(Recorder(), project="ha-cluster", stack="test")
    set_all_config(engine_config(config))
    try:
        yield
    finally:
        set_all_config({})


def faults_of(config: Mapping[str, Any]) -> list[Fault]:
    """Return the faults for which a configuration is refused."""
    with configured(config), pytest.raises(SettingsError) as raised:
        read_settings()
    return list(raised.value.faults)
