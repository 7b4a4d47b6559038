"""Provides a Pulumi command line: the official one, or one built from its Go modules."""

from sandbox.engine.engine import Engine, EngineError
from sandbox.engine.launcher import link_engine, write_launcher
from sandbox.engine.provision import provide_engine

__all__ = ["Engine", "EngineError", "link_engine", "provide_engine", "write_launcher"]
