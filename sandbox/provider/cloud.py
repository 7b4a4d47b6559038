"""The local AWS as one region of it is seen: clients, identity, and refusals in AWS's words."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NoReturn, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.provider.injected_faults import InjectedFault, InjectedFaults, exempt

Answer = TypeVar("Answer")
_HELD = "sandbox-held"
_GONE = ("NotFound", "NotFoundException", "NotFound.Exception")


def refuse(operation: str, code: str, message: str) -> NoReturn:
    """Refuse as AWS refuses where the local one does not: with its code and its words."""
    raise ClientError({"Error": {"Code": code, "Message": message}}, operation)


def error_code(error: ClientError) -> str:
    """Return AWS's code of an error, such as `InvalidSubnet.Conflict`."""
    return error.response.get("Error", {}).get("Code", "")


def is_gone(error: ClientError) -> bool:
    """Tell whether AWS says that the thing itself does not exist."""
    code = error_code(error)
    return code.endswith(_GONE) or code.startswith("NoSuchEntity")


def explain(error: ClientError) -> str:
    """Say an AWS error in one line: operation, code, message."""
    message = error.response.get("Error", {}).get("Message", "")
    return f"{error.operation_name}: {error_code(error)}: {message}"


def unless_gone(call: Callable[[], Answer]) -> Answer | None:
    """Return what the call returns, or None when AWS says that the thing does not exist."""
    try:
        return call()
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _inject(faults: InjectedFaults, events: Any) -> None:
    """Let boto3 raise the faults that were asked for, and hold the answers."""

    def fail(model: Any, context: dict[str, Any], **others: Any) -> None:
        del others
        fault = faults.take(model.name)
        if fault is not None and fault.holds:
            context[_HELD] = fault
        elif fault is not None:
            refuse(model.name, fault.code, fault.message)

    def hold(model: Any, context: dict[str, Any], **others: Any) -> None:
        del others
        if _HELD in context:
            _lose(faults, context[_HELD], model.name)

    events.register("before-call", fail)
    events.register("after-call", hold)


def _lose(faults: InjectedFaults, fault: InjectedFault, operation: str) -> NoReturn:
    """Hold an answer; a provider that is killed with its engine makes no further call."""
    faults.hold(fault)
    refuse(operation, "RequestError", "the answer was held, and then lost")


class Cloud:
    """One region of the local AWS.

    `changing` is held while something is created or changed, so that a refusal's check and the
    change that it guards are one step.
    """

    def __init__(self, endpoint: str, region: str, faults: InjectedFaults | None = None) -> None:
        self.region = region
        self.changing = threading.RLock()
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._clients_lock = threading.Lock()
        # Given here, so that no profile, key or proxy of the environment has a say.
        self._session: Any = boto3.session.Session(
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106 - no AWS knows it
            region_name=region,
        )
        self._faults = faults
        if faults is not None:
            _inject(faults, self._session.events)

    @contextmanager
    def standing_in(self, operation: str) -> Generator[None]:
        """Do what an operation does that the local AWS lacks; only it fails if asked to."""
        fault = self._faults.take(operation) if self._faults else None
        if fault is not None and not fault.holds:
            refuse(operation, fault.code, fault.message)
        with exempt():
            yield
        if fault is not None and self._faults is not None:
            _lose(self._faults, fault, operation)

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service; clients may be shared by threads."""
        with self._clients_lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    endpoint_url=self._endpoint,
                    config=Config(proxies={}, retries={"total_max_attempts": 1}),
                )
            return self._clients[service]

    @property
    def ec2(self) -> Any:
        """The EC2 client."""
        return self.client("ec2")

    @cached_property
    def account(self) -> str:
        """The account's twelve digits."""
        return self.client("sts").get_caller_identity()["Account"]

    @cached_property
    def partition(self) -> str:
        """The partition, such as `aws`, of the region."""
        return self._session.get_partition_for_region(self.region)

    def arn(self, service: str, resource: str, account: str | None = None) -> str:
        """Compose the ARN of something in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{account or self.account}:{resource}"

    def find(self, listing: str, key: str, **arguments: Any) -> dict[str, Any] | None:
        """Call a describe operation of EC2 for one thing: `find("describe_vpcs", "Vpcs", ...)`.

        Returns the thing, or None when AWS lists none or says that it does not exist.
        """
        answer = unless_gone(lambda: getattr(self.ec2, listing)(**arguments))
        return next(iter(answer[key]), None) if answer else None

    def list_all(self, listing: str, key: str, **filters: str | list[str]) -> list[dict[str, Any]]:
        """List things of EC2 by filters, `_` standing for `-`: `vpc_id="vpc-1"`; all pages."""
        named = [
            {
                "Name": name.replace("__", ".").replace("_", "-"),
                "Values": [value] if isinstance(value, str) else value,
            }
            for name, value in filters.items()
        ]
        pages = self.ec2.get_paginator(listing).paginate(Filters=named)
        return [item for page in pages for item in page[key]]
