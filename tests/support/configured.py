"""A program's configuration for the time of a test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pulumi.runtime import mocks, set_all_config

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
