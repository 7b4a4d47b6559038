"""A Pulumi engine's half of the provider protocol, and an AWS for it, both in this process."""

import contextlib
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import requests
from moto.server import ThreadedMotoServer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.provider.__main__ import build_server
from sandbox.provider.clouds import Clouds
from sandbox.provider.injected_faults import InjectedFaults
from sandbox.provider.wire import UNKNOWN, Properties, encode, plain

REGION = "ap-northeast-1"
_SIZE = 400 * 1024 * 1024


@contextlib.contextmanager
def running_aws() -> Iterator[str]:
    """Run a moto server of its own on a free port; yield its address, forget all at the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10)
        server.stop()


@contextlib.contextmanager
def running_provider(endpoint: str, faults: InjectedFaults | None = None) -> Iterator[int]:
    """Serve the provider in this process; yield its port."""
    server, port = build_server(Clouds(endpoint, faults))
    server.start()
    try:
        yield port
    finally:
        server.stop(None)


class FailedError(Exception):
    """The provider answered with an error; `code` is gRPC's, `partial` what was kept."""

    def __init__(self, error: grpc.RpcError) -> None:
        super().__init__(error.details())
        self.code = error.code()
        self.partial = _partial(error)


@dataclass
class Created:
    """A resource as an engine's state file remembers it."""

    type: str
    name: str
    id: str
    inputs: Properties
    state: Properties
    instance: "Instance" = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.state[name]

    def update(self, /, *ignored: str, **changes: Any) -> "Created":
        """Check and update with these inputs changed (None takes one away), some ignored."""
        inputs = self.instance.check(self.type, self.name, {**self.given, **changes}, self.inputs)
        state = self.instance.update(self, inputs, ignored)
        return Created(self.type, self.name, self.id, inputs, state, self.instance)

    def diff(self, /, *ignored: str, **changes: Any) -> "Diff":
        """Check and diff with these inputs changed (None takes one away), some ignored."""
        inputs = self.instance.check(self.type, self.name, {**self.given, **changes}, self.inputs)
        return self.instance.diff(self, inputs, ignored)

    def preview(self, /, **changes: Any) -> Properties:
        """Return the outputs that a preview of an update with these inputs shows."""
        inputs = self.instance.check(self.type, self.name, {**self.given, **changes}, self.inputs)
        return self.instance.update(self, inputs, preview=True)

    def refresh(self) -> "Created | None":
        """Read it as `pulumi refresh` does; None when it is gone."""
        return self.instance.read(self.type, self.id, self.state, self.inputs, self.name)

    def delete(self) -> None:
        """Delete it."""
        self.instance.delete(self)

    @property
    def given(self) -> Properties:
        """The inputs as a program gave them."""
        added = {"__defaults", "tagsAll", *self.inputs["__defaults"]}
        return {name: value for name, value in self.inputs.items() if name not in added}


@dataclass(frozen=True)
class Diff:
    """A diff's answer, kinds as words: `{"tags.Name": "UPDATE"}`."""

    kinds: dict[str, str]
    replaces: list[str]
    names: list[str]
    delete_before_replace: bool
    on_inputs: list[str]


class Instance:
    """One provider instance: a connection of its own, configured."""

    def __init__(self, port: int, **configuration: Any) -> None:
        # An own subchannel pool: else gRPC would share a connection between two channels.
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{port}",
            options=[
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.max_send_message_length", _SIZE),
                ("grpc.max_receive_message_length", _SIZE),
            ],
        )
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self.call("Handshake", provider_pb2.ProviderHandshakeRequest())
        if configuration.pop("configured", True):
            self.configure({"region": REGION, **configuration})

    def close(self) -> None:
        """End the connection."""
        self.channel.close()

    def call(self, method: str, request: Any) -> Any:
        """Call a method; raise FailedError for an error."""
        try:
            return getattr(self.stub, method)(request, timeout=60)
        except grpc.RpcError as error:
            raise FailedError(error) from None

    def configure(self, configuration: Properties) -> None:
        """Configure the instance."""
        self.call("Configure", provider_pb2.ConfigureRequest(args=encode(configuration)))

    def check(
        self,
        kind: str,
        name: str,
        given: Properties,
        former: Properties | None = None,
        seed: bytes = b"seed",
    ) -> Properties:
        """Return the checked inputs; an AssertionError lists the failures."""
        answer = self.check_raw(kind, name, given, former, seed)
        found = [f"{each.property}: {each.reason}" for each in answer.failures]
        assert not found, "; ".join(found)
        return plain(answer.inputs)

    def check_raw(
        self,
        kind: str,
        name: str,
        given: Properties,
        former: Properties | None = None,
        seed: bytes = b"seed",
    ) -> Any:
        """Return the answer of Check as it is."""
        return self.call(
            "Check",
            provider_pb2.CheckRequest(
                urn=urn(kind, name),
                type=kind,
                name=name,
                news=encode(given),
                olds=encode(former or {}),
                randomSeed=seed,
            ),
        )

    def failures(self, kind: str, /, **given: Any) -> dict[str, str]:
        """Return the failures of a check: property and reason."""
        answer = self.check_raw(kind, "x", given)
        return {each.property: each.reason for each in answer.failures}

    def create(self, kind: str, name: str = "x", /, **given: Any) -> Created:
        """Check and create."""
        inputs = self.check(kind, name, given)
        answer = self.call(
            "Create",
            provider_pb2.CreateRequest(
                urn=urn(kind, name), type=kind, name=name, properties=encode(inputs)
            ),
        )
        return Created(kind, name, answer.id, inputs, plain(answer.properties), self)

    def preview(self, kind: str, name: str = "x", /, **given: Any) -> Properties:
        """Check and preview the create; return the outputs."""
        inputs = self.check(kind, name, given)
        request = provider_pb2.CreateRequest(
            urn=urn(kind, name), type=kind, name=name, properties=encode(inputs), preview=True
        )
        return plain(self.call("Create", request).properties)

    def diff(
        self, created: Created, inputs: Properties, ignore_changes: tuple[str, ...] = ()
    ) -> Diff:
        """Diff against checked inputs."""
        answer = self.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=created.id,
                urn=urn(created.type, created.name),
                type=created.type,
                olds=encode(created.state),
                old_inputs=encode(created.inputs),
                news=encode(inputs),
                ignoreChanges=ignore_changes,
            ),
        )
        assert (answer.changes == provider_pb2.DiffResponse.DIFF_SOME) == bool(answer.diffs)
        word = provider_pb2.PropertyDiff.Kind.Name
        details = answer.detailedDiff
        return Diff(
            {path: word(each.kind) for path, each in details.items()},
            list(answer.replaces),
            list(answer.diffs),
            answer.deleteBeforeReplace,
            [path for path, each in details.items() if each.inputDiff],
        )

    def update(
        self,
        created: Created,
        inputs: Properties,
        ignore_changes: tuple[str, ...] = (),
        *,
        preview: bool = False,
    ) -> Properties:
        """Update with checked inputs; return the outputs."""
        request = provider_pb2.UpdateRequest(
            id=created.id,
            urn=urn(created.type, created.name),
            type=created.type,
            olds=encode(created.state),
            old_inputs=encode(created.inputs),
            news=encode(inputs),
            preview=preview,
            ignoreChanges=ignore_changes,
        )
        return plain(self.call("Update", request).properties)

    def read(
        self,
        kind: str,
        identity: str,
        state: Properties | None = None,
        inputs: Properties | None = None,
        name: str = "x",
    ) -> Created | None:
        """Read; without state and inputs as `pulumi import` and `.get()` do."""
        answer = self.call(
            "Read",
            provider_pb2.ReadRequest(
                id=identity,
                urn=urn(kind, name),
                type=kind,
                properties=encode(state or {}),
                inputs=encode(inputs or {}),
            ),
        )
        if not answer.id:
            return None
        found = plain(answer.inputs), plain(answer.properties)
        return Created(kind, name, answer.id, *found, self)

    def delete(self, created: Created) -> None:
        """Delete."""
        self.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=created.id,
                urn=urn(created.type, created.name),
                type=created.type,
                properties=encode(created.state),
                old_inputs=encode(created.inputs),
            ),
        )

    def invoke(self, token: str, **arguments: Any) -> Properties:
        """Call a function; an AssertionError lists the failures."""
        request = provider_pb2.InvokeRequest(tok=token, args=encode(arguments))
        answer = self.call("Invoke", request)
        found = [f"{each.property}: {each.reason}" for each in answer.failures]
        assert not found, "; ".join(found)
        return plain(getattr(answer, "return"))


def urn(kind: str, name: str) -> str:
    """Return the URN of a resource in a made-up stack."""
    return f"urn:pulumi:test::project::{kind}::{name}"


def unknowns(outputs: Properties) -> set[str]:
    """Return the names of the outputs that are unknown."""
    return {name for name, value in outputs.items() if value is UNKNOWN}


def unique(prefix: str) -> str:
    """Return a name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def _partial(error: grpc.RpcError) -> provider_pb2.ErrorResourceInitFailed | None:
    from pulumi.runtime.proto import status_pb2

    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            partial = provider_pb2.ErrorResourceInitFailed()
            if status.details and status.details[0].Unpack(partial):
                return partial
    return None
