"""The programs that the lab needs, by the Debian packages that bring them.

`python3 -m lab.programs` says which are missing, before anything is set up: it needs no package.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from lab.errors import LabError

SEARCH_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
PACKAGES = {
    "iproute2": ("ip",),
    "procps": ("sysctl",),
    "util-linux": ("unshare", "nsenter", "setpriv"),
    "mount": ("mount",),
    "nftables": ("nft",),
    "corosync": ("corosync",),
    "pacemaker": ("pacemakerd",),
    "pacemaker-cli-utils": ("crm_mon", "crm_resource", "cibadmin"),
    "resource-agents": ("/usr/lib/ocf/resource.d/heartbeat/aws-vpc-move-ip",),
    "fence-agents-aws": ("fence_aws",),
}
"""What each package brings that the lab uses; a path where that is no command."""


_OLDER = {"fence-agents-aws": "fence-agents"}
"""Which package brings the same in Debian 12."""


def missing_packages() -> list[str]:
    """Return the packages of which a program is not there."""
    return [
        _name_here(package)
        for package, programs in PACKAGES.items()
        if not all(_is_there(program) for program in programs)
    ]


def require_programs() -> None:
    """Raise LabError with everything that is missing, and how to get it."""
    missing = missing_packages()
    if missing:
        raise LabError(
            "the lab needs programs of Debian packages that are not here. Remedy: "
            f"apt-get install --no-install-recommends {' '.join(missing)}"
        )
    if not _may_make_namespaces():
        raise LabError(
            "this user may not make namespaces. Remedy: allow user namespaces (sysctl "
            "kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0; on Ubuntu "
            "kernel.apparmor_restrict_unprivileged_userns=0), or run the lab as root"
        )


def _name_here(package: str) -> str:
    """Return what a package is called in this release."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return package
    older = (release["ID"], release.get("VERSION_ID")) == ("debian", "12")
    return _OLDER.get(package, package) if older else package


def user_namespace() -> list[str]:
    """Return the options of `unshare` that make a user who is not root so inside the lab."""
    return [] if os.geteuid() == 0 else ["--user", "--map-root-user"]


def _is_there(program: str) -> bool:
    if program.startswith("/"):
        return Path(program).exists()
    return shutil.which(program, path=SEARCH_PATH) is not None


def _may_make_namespaces() -> bool:
    words = ["unshare", *user_namespace(), "--net", "--mount", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0  # noqa: S603


def main() -> int:
    """Say what is missing; return 1 if anything is."""
    try:
        require_programs()
    except LabError as fault:
        sys.stdout.write(f"error: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
