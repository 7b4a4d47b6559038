"""The cloud: moto's server in a process of its own, on 127.0.0.1, with an identity.

Its content lives in that process's memory. So each life of it carries an id of its own, kept in
the cloud itself as an SSM parameter: a server that was killed and started again is another cloud.
"""

import functools
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.errors import SandboxError
from sandbox.processes import ensure_alive, start_server
from sandbox.state import Server

HOME_REGION = "us-east-1"
ACCESS_KEY = SECRET_KEY = "sandbox"  # noqa: S105 - moto accepts any key, and no secret is one
_ID_PARAMETER = "/ha-cluster/sandbox/cloud-id"
_PATIENCE_S = 30.0
CHECKOUT = Path(__file__).parents[1]
# botocore's own table of settings, with neither environment variables nor files to read them from.
_UNCONFIGURED = {
    name: (None, None, default, convert)
    for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
} | {
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@functools.cache
def open_client(endpoint: str, service: str, region: str = HOME_REGION) -> Any:
    """Open a boto3 client on a cloud of the sandbox, whatever the caller's environment says."""
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        config=Config(proxies={}, retries={"total_max_attempts": 1}, connect_timeout=5),
    )


@functools.cache
def _session() -> botocore.session.Session:
    """One session for all clients: it loads botocore's descriptions of the services once."""
    session = botocore.session.Session(session_vars=_UNCONFIGURED)
    session.set_credentials(ACCESS_KEY, SECRET_KEY)
    return session


def start_cloud(directory: Path, environment: Mapping[str, str], port: int) -> Server:
    """Start moto's server, which is not ready yet."""
    process = start_server(
        [sys.executable, "-m", "sandbox.cloud_server", "-H", "127.0.0.1", "-p", str(port)],
        environment={
            **environment,
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            "MOTO_RECORDER_FILEPATH": str(directory / "moto_recording"),
        },
        cwd=CHECKOUT,
        log=directory / "moto.log",
    )
    return Server(process, port)


def await_cloud(cloud: Server, log: Path) -> None:
    """Wait until the cloud's own process listens; raise with its log when it ends or stays silent.

    Asking for an answer would not do: another server may have taken the port meanwhile.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while not cloud.process.listens_on(cloud.port):
        ensure_alive(cloud.process, "the cloud (moto)", log)
        if time.monotonic() > deadline:
            raise SandboxError(f"the cloud did not listen within {_PATIENCE_S:.0f} s: {log}")
        time.sleep(0.03)


def name_cloud(endpoint: str, cloud_id: str) -> None:
    """Write the id of this life of the cloud into its memory."""
    open_client(endpoint, "ssm").put_parameter(
        Name=_ID_PARAMETER, Value=cloud_id, Type="String", Overwrite=True
    )


def read_cloud_id(endpoint: str) -> str | None:
    """Read the id of the cloud that answers at this address; None when nobody or another does."""
    try:
        answer = open_client(endpoint, "ssm").get_parameter(Name=_ID_PARAMETER)
    except (BotoCoreError, ClientError):
        return None
    return str(answer["Parameter"]["Value"])


def empty_cloud(endpoint: str) -> None:
    """Forget everything that the cloud holds, its id too."""
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")  # noqa: S310
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=_PATIENCE_S) as answer:
        answer.read()


def free_port() -> int:
    """Find a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
