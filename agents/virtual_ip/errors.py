"""What ends an action early; each error is a line for the operator and an exit code of OCF."""

from agents.virtual_ip import exits
from ops.errors import OpsError


class AgentError(OpsError):
    """A fault of this node, with the exit code that it ends the action with."""

    def __init__(self, text: str, code: int = exits.ERR_GENERIC) -> None:
        super().__init__(text)
        self.code = code
