"""What the inputs of EXPRESSCLUSTER must look like; pure.

`settings` holds configurations against the same forms.
"""

import re

from .expresscluster_args import ExpressclusterArgs, PackagesArgs
from .forms import Form, check_form

SYSTEM: Form = (re.compile("linux|windows"), "write linux or windows")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET: Form = (
    re.compile(r"(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    "name a bucket: 3 to 63 lower-case letters, digits, dots or hyphens",
)
# Safe characters of keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9!_.()-]+"
PREFIX: Form = (
    re.compile(rf"|{_SEGMENT}(/{_SEGMENT})*"),
    "write a key's beginning without slashes around it, like expresscluster/5.3, or leave it out",
)
FILE: Form = (re.compile(_SEGMENT), "name a file below packages.prefix, without a slash")
SUFFIXES = {"linux": (".rpm", ".deb"), "windows": (".zip",)}
SHA256: Form = (
    re.compile("[0-9a-fA-F]{64}"),
    "write the 64 hexadecimal digits that sha256sum or Get-FileHash prints for the file",
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
WITNESS: Form = (
    re.compile(rf"{_LABEL}(?:\.{_LABEL})*:[1-9]\d{{0,4}}"),
    "write host:port of a web server that both nodes reach, like 10.0.10.20:80",
)
HIGHEST_PORT = 65_535
# Longer than the interval of 3 s; 9999 and 999 are the product's own limits.
HEARTBEAT_SECONDS, AWS_CLI_SECONDS = range(4, 10_000), range(1, 1_000)
MODE: Form = (re.compile("sync|async"), "write sync or async")
FILE_SYSTEM: Form = (re.compile("ext4|xfs"), "write ext4 or xfs")
MOUNT_POINT: Form = (
    re.compile(r"(/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]+)+"),
    "write an absolute path of letters, digits, dots, hyphens and underscores, like /mnt/md1",
)
# A mount hides what lies below it. These folders and all below them, or these alone, are the
# system's, the product's and the boot script's.
_RESERVED = (
    "bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|tmp|usr/bin|usr/lib|usr/lib64|usr/sbin|"
    "usr/share|opt/nec|var/log|var/lib/cloud|var/lib/hacluster"
)
_RESERVED_ALONE = "usr|usr/local|opt|var|var/lib|home"
SYSTEM_FOLDERS = re.compile(rf"/({_RESERVED})(/.*)?|/({_RESERVED_ALONE})")
DRIVE: Form = (re.compile("[D-Z]"), "write one capital letter from D to Z")

_TEXTS = {
    "system": SYSTEM,
    "mirror_mode": MODE,
    "file_system": FILE_SYSTEM,
    "data_drive": DRIVE,
    "cluster_drive": DRIVE,
    "partition_witness": WITNESS,
}
_SECONDS = {
    "heartbeat_timeout_seconds": HEARTBEAT_SECONDS,
    "aws_cli_timeout_seconds": AWS_CLI_SECONDS,
}
_PACKAGES = {"bucket": BUCKET, "prefix": PREFIX, "file": FILE, "sha256": SHA256}


def check_expresscluster(args: ExpressclusterArgs) -> None:
    """Check what a node would only find out at its first boot, naming the input and the remedy."""
    name = "expresscluster"
    for field, form in _TEXTS.items():
        check_form(f"{name}.{field}", args.get(field), form)
    for field, allowed in _SECONDS.items():
        value = args.get(field)
        if value is not None and value not in allowed:
            bounds = f"{allowed.start} to {allowed.stop - 1}"
            raise ValueError(
                f"{name}.{field}: {value} does not fit; write a whole number of seconds, {bounds}"
            )
    check_mount_point(f"{name}.mount_point", args.get("mount_point"))
    packages = args.get("packages")
    if packages:
        _check_packages(f"{name}.packages", packages, SUFFIXES[args["system"]])


def check_mount_point(name: str, value: str | None) -> None:
    """Check where a mirrored file system is mounted. Raises ValueError with name and remedy."""
    check_form(name, value, MOUNT_POINT)
    if value is not None and SYSTEM_FOLDERS.fullmatch(value):
        raise ValueError(
            f"{name}: {value!r} does not fit; name a folder of its own, "
            "like /mnt/md1: a mount would hide the system's files"
        )


def _check_packages(name: str, packages: PackagesArgs, suffixes: tuple[str, ...]) -> None:
    for field, form in _PACKAGES.items():
        check_form(f"{name}.{field}", packages.get(field), form)
    for licence in packages.get("licences", ()):
        check_form(f"{name}.licences", licence, FILE)
    if not packages["file"].endswith(suffixes):
        file = packages["file"]
        raise ValueError(
            f"{name}.file: {file!r} does not fit; name the package, {' or '.join(suffixes)}"
        )
