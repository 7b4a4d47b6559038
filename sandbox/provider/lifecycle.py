"""What the engine asks of a resource, for any type: check, diff, create, read, update, delete."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from sandbox.provider import plan
from sandbox.provider.check import Fault, check, fill_defaults
from sandbox.provider.cloud import Cloud, explain, is_gone
from sandbox.provider.configuration import Configuration
from sandbox.provider.ec2.regions import known_region
from sandbox.provider.live import inputs_from, state_from
from sandbox.provider.naming import DEFAULTS, Naming
from sandbox.provider.resource import Change, Resource
from sandbox.provider.retries import attempts_told
from sandbox.provider.wire import UNKNOWN, Properties, Secrets


class RefusedError(Exception):
    """AWS refused, or the request cannot be honoured; the engine's state stays as it was."""


class UnfinishedError(Exception):
    """It exists (`identity`, `state`), but a later step was refused."""

    def __init__(self, reason: str, identity: str, state: Properties, inputs: Properties) -> None:
        super().__init__(reason)
        self.identity = identity
        self.state = state
        self.inputs = inputs
        self.secrets: Secrets = frozenset()


@dataclass(frozen=True)
class Found:
    """A live resource, as `Read` returns it."""

    identity: str
    state: Properties
    inputs: Properties


@dataclass(frozen=True)
class Lifecycle:
    """One resource type under one provider configuration."""

    resource: Resource
    configuration: Configuration
    cloud_of: Callable[[str], Cloud]

    def check(
        self, given: Properties, former: Properties, naming: Naming
    ) -> tuple[Properties, list[Fault]]:
        """Return the checked inputs with everything that the provider adds, and the faults."""
        schema = self.resource.schema
        given = {name: given[name] for name in given if name not in (DEFAULTS, "tagsAll")}
        if self.resource.regional and not given.get("region"):
            given["region"] = self.configuration.region
        inputs, faults = check(schema, given)
        inputs[DEFAULTS] = fill_defaults(schema.inputs, inputs)
        faults += naming.fill(schema, inputs, former)
        if self.resource.tagged:
            inputs["tagsAll"] = self.configuration.tag_rules.merge(inputs.get("tags"))
        if not faults:
            faults += self.resource.faults(inputs)
        return inputs, faults

    def compare(
        self,
        state: Properties,
        old_inputs: Properties,
        inputs: Properties,
    ) -> plan.Comparison:
        """Compare the last known state with new, checked inputs."""
        found = plan.compare(self.resource.schema, state, old_inputs, inputs)
        forced = {
            name for name in found.changed if self.resource.forces_replacement(name, state, inputs)
        }
        return replace(
            found,
            differences=tuple(
                replace(each, replaces=each.replaces or plan.top_level(each.path) in forced)
                for each in found.differences
            ),
        )

    def deletes_before_replacing(self, inputs: Properties) -> bool:
        """Tell whether the old one must go before the new one can be.

        As the bridge has it, that is so when the program gives a name that could be made up.
        """
        made_up: list[str] = inputs.get(DEFAULTS) or []
        return self.resource.delete_before_replace or any(
            declared.named and inputs.get(name) is not None and name not in made_up
            for name, declared in self.resource.schema.properties.items()
        )

    def create(self, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Create it, and return its id and state; in a preview, what is known of them."""
        if preview:
            outputs = plan.preview_create(self.resource.schema, inputs)
            return "", {"id": UNKNOWN, **outputs}
        cloud = self._cloud(inputs)
        with cloud.changing:
            try:
                identity = self.resource.create(cloud, inputs)
            except ClientError as error:
                raise RefusedError(self._say("creating", error)) from error
            try:
                self.resource.configure(cloud, identity, inputs)
            except ClientError as error:
                raise self._halfway(self._say("creating", error), identity, inputs) from error
            return identity, self._state(identity, inputs)

    def read(self, identity: str, state: Properties, inputs: Properties | None) -> Found | None:
        """Return it as it lives, or None. Without inputs and state it is imported by its id."""
        region = state.get("region") or self.configuration.region
        if not state and not inputs:
            return self._import(identity, region)
        cloud = self.cloud_of(region)
        live = self._live(cloud, identity, state)
        if live is None:
            return None
        return self._found(identity, live, inputs)

    def update(
        self, identity: str, change: Change, old_inputs: Properties, *, preview: bool
    ) -> Properties:
        """Change it in place and return its state; in a preview, what is known of that."""
        found = self.compare(change.state, old_inputs, change.inputs)
        changed = found.ignoring(change.ignored).changed
        change = replace(change, names=frozenset(changed))
        if preview:
            schema = self.resource.schema
            return plan.preview_update(schema, change.state, change.inputs, changed)
        cloud = self._cloud(change.state)
        with cloud.changing:
            try:
                self.resource.update(cloud, identity, change)
                self._retag(cloud, identity, change)
            except ClientError as error:
                reason = self._say("updating", error, identity)
                raise self._halfway(reason, identity, self._after(change)) from error
            return self._state(identity, self._after(change))

    def delete(self, identity: str, state: Properties) -> None:
        """Delete it; that it is gone already is fine."""
        cloud = self._cloud(state)
        with cloud.changing:
            try:
                self.resource.delete(cloud, identity, state)
            except ClientError as error:
                if not is_gone(error):
                    raise RefusedError(self._say("deleting", error, identity)) from error

    def _after(self, change: Change) -> Properties:
        """Return what is known after an update: what the program gives no more is not."""
        kept = {
            name: change.state[name]
            for name, declared in self.resource.schema.properties.items()
            if name in change.state
            and (declared.decided_by_aws or (declared.suppressed and name not in change.names))
        }
        return {**kept, **change.inputs}

    def _cloud(self, properties: Properties) -> Cloud:
        return self.cloud_of(properties.get("region") or self.configuration.region)

    def _import(self, identity: str, region: str) -> Found | None:
        """Find it by its import id, which may name a region: `vpc-1@eu-west-1`."""
        import_id, at, other = identity.rpartition("@")
        if self.resource.regional and at and import_id:
            identity, region = import_id, other
            if known_region(region):
                raise RefusedError(
                    f"importing {self.resource.noun} ({identity}): no region {other}"
                )
        cloud = self.cloud_of(region)
        try:
            own, known = self.resource.adopt(cloud, identity)
        except ValueError as error:
            raise RefusedError(f"importing {self.resource.noun} ({identity}): {error}") from error
        live = self._live(cloud, own, {**known, "region": region})
        if live is None:
            return None
        found = self._found(own, live, None)
        self._drop_refused(found.inputs)
        return found

    def _drop_refused(self, inputs: Properties) -> None:
        """Leave out what AWS decided and a program may not give, such as a gp2 volume's IOPS."""
        whole = dict(inputs)
        fill_defaults(self.resource.schema.inputs, whole)
        for fault in tuple(self.resource.faults(whole)):
            name = plan.top_level(fault.path)
            if self.resource.schema.properties[name].computed:
                inputs.pop(name, None)

    def _found(self, identity: str, state: Properties, inputs: Properties | None) -> Found:
        shaped = inputs_from(self.resource.schema, state, inputs or None)
        if inputs and DEFAULTS in inputs:
            shaped[DEFAULTS] = inputs[DEFAULTS]
        else:
            shaped[DEFAULTS] = []
        if self.resource.tagged:
            shaped["tagsAll"] = state["tagsAll"]
        return Found(identity, state, shaped)

    def _live(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        try:
            live = self.resource.read(cloud, identity, known)
        except ClientError as error:
            if is_gone(error):
                return None
            raise RefusedError(self._say("reading", error, identity)) from error
        if live is None:
            return None
        if self.resource.tagged:
            own: dict[str, str] = known.get("tags") or {}
            live.update(self.configuration.tag_rules.split(live.get("tags") or {}, own))
        if self.resource.regional:
            live["region"] = cloud.region
        return {"id": identity, **state_from(self.resource.schema, live, known)}

    def _state(self, identity: str, known: Properties) -> Properties:
        live = self._live(self._cloud(known), identity, known)
        if live is None:
            raise RefusedError(f"reading {self.resource.noun} ({identity}): it does not exist")
        return live

    def _retag(self, cloud: Cloud, identity: str, change: Change) -> None:
        wanted = change.inputs.get("tagsAll")
        if not self.resource.tagged or wanted is None or wanted is UNKNOWN:
            return
        former: dict[str, str] = change.state.get("tagsAll") or {}
        added = {key: value for key, value in wanted.items() if former.get(key) != value}
        self.resource.retag(cloud, identity, former.keys() - wanted.keys(), added)

    def _halfway(
        self, reason: str, identity: str, known: Properties
    ) -> UnfinishedError | RefusedError:
        """Return the error of a create or update that was refused halfway.

        Terraform has two ways. Its SDK saves what was planned, not what lives: the engine's next
        update of the resource therefore finds nothing to change, and reads what lives; the one
        after that finishes the work. A refresh saves that round. Its plugin framework keeps the
        prior state (internal/fwserver/server_updateresource.go), and the bridge returns none with
        an error (pkg/pf/tfbridge/provider_update.go, provider_create.go): the next update does
        the work, and what a create made already is in AWS alone.
        """
        if self.resource.on_plugin_framework:
            return RefusedError(reason)
        live = self._live(self._cloud(known), identity, known) or {}
        settable = self.resource.schema.inputs
        planned = {name: value for name, value in known.items() if name in settable}
        state = {**live, **planned, "id": identity}
        return UnfinishedError(reason, identity, state, known)

    def _say(self, doing: str, error: ClientError, identity: str = "") -> str:
        which = f" ({identity})" if identity else ""
        repeated = attempts_told(error, self.configuration.attempts)
        return f"{doing} {self.resource.noun}{which}: {explain(error)}{repeated}"
