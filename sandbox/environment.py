"""The environment in which `pulumi`, `aws`, boto3 and the program's tools see only the sandbox.

It is built by taking away whatever could lead elsewhere and adding what leads here. Everything
that botocore, the AWS SDKs and Pulumi read begins with one of a few prefixes, so a setting that
a later version brings is taken away as well.
"""

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud import ACCESS_KEY, HOME_REGION, SECRET_KEY

PASSPHRASE = "sandbox"  # noqa: S105 - encrypts nothing but the sandbox's own made-up secrets
_FOREIGN_PREFIXES = ("AWS_", "AMAZON_", "BOTO", "PULUMI_", "MOTO_", "OTEL_", "TF_AWS_")
_FOREIGN_SUFFIX = "_PROXY"


@dataclass(frozen=True)
class Surroundings:
    """Where the sandbox keeps what the environment names.

    `endpoint` is the cloud's address, `provider_port` the provider's.
    """

    directory: Path
    endpoint: str
    provider_port: int | None = None

    @property
    def backend(self) -> Path:
        """The folder of the stacks' checkpoints."""
        return self.directory / "backend"


def sandbox_environment(base: Mapping[str, str], here: Surroundings) -> dict[str, str]:
    """Return `base` without anything that leads to another cloud, and with this sandbox's own."""
    kept = without_foreign(base)
    ours = {
        "PATH": _search_path(here.directory / "shell", kept.get("PATH", os.defpath)),
        "AWS_ENDPOINT_URL": here.endpoint,
        "AWS_REGION": HOME_REGION,
        "AWS_DEFAULT_REGION": HOME_REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": str(here.directory / "aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(here.directory / "aws" / "credentials"),
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PULUMI_BACKEND_URL": here.backend.as_uri(),
        "PULUMI_HOME": str(here.directory / "home"),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        # `pulumi import` writes a program from the provider's schema, and this provider has none.
        "PULUMI_OPTION_GENERATE_CODE": "false",
    }
    if here.provider_port is not None:
        ours["PULUMI_DEBUG_PROVIDERS"] = f"aws:{here.provider_port}"
    return kept | ours


def without_foreign(base: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead nowhere."""
    return {name: value for name, value in base.items() if not is_foreign(name)}


def is_foreign(name: str) -> bool:
    """Whether a variable could lead a tool out of the sandbox (names are compared in capitals)."""
    upper = name.upper()
    return upper.startswith(_FOREIGN_PREFIXES) or upper.endswith(_FOREIGN_SUFFIX)


def shell_lines(base: Mapping[str, str], target: Mapping[str, str], shell: str = "sh") -> list[str]:
    """Write the commands that turn the environment `base` into `target` in one of `SHELLS`."""
    unset, export, quote, _ = _SHELLS[shell]
    gone = [name for name in sorted(base) if name not in target and _SHELL_NAME.fullmatch(name)]
    changed = [name for name in sorted(target) if base.get(name) != target[name]]
    return [unset.format(name=name) for name in gone] + [
        export.format(name=name, value=quote(target[name])) for name in changed
    ]


def failing_line(shell: str) -> str:
    """Write the command that fails in one of `SHELLS`, without ending it."""
    return _SHELLS[shell][3]


def _search_path(shell: Path, rest: str) -> str:
    """Put our `pulumi` first, then the Python that runs the sandbox when it is a virtual one."""
    ours = [str(shell)]
    if sys.prefix != sys.base_prefix:
        ours.append(str(Path(sys.executable).parent))
    others = [folder for folder in rest.split(os.pathsep) if folder and folder not in ours]
    return os.pathsep.join([*ours, *others])


def _quote_fish(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quote_powershell(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_THROW = 'throw "the environment is unchanged: the sandbox cannot be used"'
_SHELLS: dict[str, tuple[str, str, Callable[[str], str], str]] = {
    "sh": ("unset {name};", "export {name}={value};", shlex.quote, "false"),
    "fish": ("set -e {name};", "set -gx {name} {value};", _quote_fish, "false"),
    "powershell": ("Remove-Item Env:{name};", "$Env:{name} = {value};", _quote_powershell, _THROW),
}
SHELLS = tuple(_SHELLS)
