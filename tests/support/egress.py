"""Sees where processes connect to: a trap that hostile settings name, and a record of sockets."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RECORDER = """
import os, sys

def note(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        place = arguments[1][:2]
    elif event == "socket.getaddrinfo":
        place = arguments[:2]
    else:
        return
    with open({record!r}, "a") as file:
        file.write(f"{{place[0]}} {{place[1]}}\\n")

sys.addaudithook(note)
"""


class Trap(socketserver.ThreadingTCPServer):
    """A server that should never be reached; `caught` has the first bytes of each visitor."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Note)
        self.caught: list[bytes] = []

    @property
    def url(self) -> str:
        """The address of the trap as an endpoint or a proxy."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Note(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.server.caught.append(self.request.recv(500))


@contextmanager
def open_trap() -> Iterator[Trap]:
    """Serve a trap while the block runs."""
    with Trap() as trap:
        thread = threading.Thread(target=trap.serve_forever, daemon=True)
        thread.start()
        yield trap
        trap.shutdown()
        thread.join()


class SocketRecord:
    """What Python processes with `python_path` on PYTHONPATH connected to or looked up."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.python_path = str(folder)
        self._file = folder / "record"
        (folder / "sitecustomize.py").write_text(_RECORDER.format(record=str(self._file)))

    def places(self) -> set[tuple[str, str]]:
        """Return all (host, port) so far."""
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return {(host, port) for host, port in (line.rsplit(" ", 1) for line in lines)}


def hostile_variables(trap: str, folder: Path) -> dict[str, str]:
    """Return an environment full of ways out; each that names an address names the trap."""
    folder.mkdir()
    settings = f"region = eu-west-1\nendpoint_url = {trap}\nuse_fips_endpoint = true\n"
    profile = f"[default]\n{settings}[profile production]\n{settings}"
    (folder / ".aws").mkdir()
    for file in (folder / ".aws" / "config", folder / "config"):
        file.write_text(profile)
    keys = "aws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    for file in (folder / ".aws" / "credentials", folder / "credentials"):
        file.write_text(f"[default]\n{keys}[production]\n{keys}")
    addresses = (
        "AWS_ENDPOINT_URL AWS_ENDPOINT_URL_EC2 AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM"
        " AWS_ENDPOINT_URL_SSM AWS_ENDPOINT_URL_S3 AWS_EC2_METADATA_SERVICE_ENDPOINT"
        " AWS_CONTAINER_CREDENTIALS_FULL_URI HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy"
        " https_proxy all_proxy grpc_proxy PULUMI_BACKEND_URL PULUMI_API"
        " PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_ENDPOINT"
        " PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES TF_AWS_STS_ENDPOINT"
    )
    return {
        **dict.fromkeys(addresses.split(), trap),
        "HOME": str(folder),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        **_HOSTILE_VALUES,
    }


_HOSTILE_VALUES = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_SECURITY_TOKEN": "real",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/production",
    "AWS_ROLE_SESSION_NAME": "real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "real",
    "AWS_CA_BUNDLE": "/nonexistent/bundle.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_S3_USE_ARN_REGION": "true",
    "AWS_CSM_ENABLED": "true",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "required",
    "AWS_AUTH_SCHEME_PREFERENCE": "httpBearerAuth",
    "AWS_DATA_PATH": "/nonexistent/models",
    "BOTO_CONFIG": "/nonexistent/boto",
    "NO_PROXY": "nothing.example",
    "no_proxy": "nothing.example",
    "PULUMI_ACCESS_TOKEN": "pul-real",
    "PULUMI_HOME": "/nonexistent/home",
    "PULUMI_CONFIG_PASSPHRASE": "real",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/nonexistent/passphrase",
    "PULUMI_STACK": "production",
    "PULUMI_DEBUG_PROVIDERS": "aws:1",
    "PULUMI_DEBUG_LANGUAGES": "python:1",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false",
    "PULUMI_SKIP_UPDATE_CHECK": "false",
    "PULUMI_EXPERIMENTAL": "true",
    "PULUMI_OPTION_CWD": "/nonexistent",
    "PULUMI_OPTION_POLICY_PACK": "somebody/pack",
    "PULUMI_OPTION_TARGET": "urn:pulumi:x",
    "PULUMI_PYTHON_CMD": "/nonexistent/python",
    "PULUMI_DEFAULT_ORGANIZATION": "somebody",
    "PULUMI_CLOUD_SECRET_OVERRIDE": "awskms://alias/real",
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
    "PULUMI_CREDENTIALS_PATH": "/nonexistent/credentials",
    "MOTO_PORT": "1",
}
