"""What can go wrong with the sandbox itself, told to the person at the terminal."""


class SandboxError(Exception):
    """The sandbox cannot do what was asked; the message says why and what helps."""


class NotRunningError(SandboxError):
    """A command needs the sandbox's cloud, and there is none."""


class LostCloudError(SandboxError):
    """Stacks remember resources of a cloud that is gone."""


class UnreadableStateError(SandboxError):
    """The file that names the sandbox's servers is not whole."""
