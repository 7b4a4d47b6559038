"""The note that this node gave the address up in a partition: a start must not take it back."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.virtual_ip.errors import AgentError


@dataclass(frozen=True)
class Yielded:
    """When the address was given up, and to which interface; the tables with their targets."""

    at: str
    owner: str
    tables: Mapping[str, str]


class Note:
    """The note of one virtual IP. A reboot forgets it, as it forgets the address."""

    def __init__(self, folder: str, ip: str) -> None:
        self.path = Path(folder, f"yielded-{ip}.json")
        self._unwritten: Yielded | None = None

    def read(self) -> Yielded | None:
        """Return the note, None where there is none. One that cannot be read counts as well."""
        try:
            found: dict[str, Any] = json.loads(self.path.read_text())
            return Yielded(found["at"], found["owner"], found["tables"])
        except FileNotFoundError:
            return self._unwritten
        except (OSError, ValueError, KeyError, TypeError):
            return Yielded("an unknown time", "an unknown interface", {})

    def write(self, owner: str, tables: Mapping[str, str]) -> str:
        """Write the note; return why it could not be written, "" if it was.

        This process remembers one that could not be written.
        """
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        draft = self.path.with_suffix(".new")
        text = json.dumps({"at": at, "owner": owner, "tables": dict(tables)})
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            draft.write_text(text)
            os.replace(draft, self.path)
        except OSError as error:
            self._unwritten = Yielded(at, owner, tables)
            return str(error)
        return ""

    def remove(self) -> None:
        """Forget it. Raises AgentError."""
        self._unwritten = None
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise AgentError(f"{self.path} cannot be removed: {error}") from None
