"""Where firewalls, their policies and rule groups are kept: in the cloud, as SSM parameters.

moto can create and describe firewalls, but neither change nor delete them, and has neither policies
nor rule groups. A parameter lives and dies with the cloud, as the cloud's own id does. What boto3
asks of network-firewall does not show it.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.tags import Tags
from sandbox.provider.wire import Properties

SERVICE = "network-firewall"
FIREWALL, POLICY = "firewall", "firewall-policy"
_FOLDER = "/ha-cluster/sandbox/network-firewall"


def _new_token() -> str:
    return str(uuid.uuid4())


@dataclass
class Record:
    """One thing as AWS would keep it: its properties by their names here, its tags, its token."""

    arn: str
    properties: Properties
    tags: Tags
    token: str = field(default_factory=_new_token)

    @property
    def name(self) -> str:
        """Its name, the last part of its ARN."""
        return self.arn.rpartition("/")[2]


def add(cloud: Cloud, operation: str, kind: str, inputs: Properties, names: Iterable[str]) -> str:
    """Create a thing of a kind and return its ARN; refuse a second one of its name."""
    arn = cloud.arn(SERVICE, f"{kind}/{inputs['name']}")
    if find(cloud, arn):
        words = f"A resource with the same name already exists, parameter: [{inputs['name']}]"
        refuse(operation, "InvalidRequestException", words)
    kept = {name: inputs[name] for name in names if inputs.get(name) is not None}
    with cloud.standing_in(operation):
        _write(cloud, Record(arn, kept, inputs.get("tagsAll") or {}))
    return arn


def find(cloud: Cloud, arn: str) -> Record | None:
    """Return a thing by its ARN, or None when there is none."""
    answer = unless_gone(lambda: cloud.client("ssm").get_parameter(Name=_name(arn)))
    return Record(**json.loads(answer["Parameter"]["Value"])) if answer else None


def listed(cloud: Cloud, kind: str) -> Iterator[Record]:
    """Go through all things of a kind in the region."""
    pages = cloud.client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=f"{_FOLDER}/{kind}"):
        for each in page["Parameters"]:
            yield Record(**json.loads(each["Value"]))


def refuse_outdated(operation: str, record: Record, state: Properties) -> None:
    """Refuse to change what somebody else changed since the state was read."""
    if state.get("updateToken") not in (None, record.token):
        words = "Update token is invalid; the resource was changed meanwhile"
        refuse(operation, "InvalidTokenException", words)


def change(
    cloud: Cloud, operation: str, record: Record, inputs: Properties, names: Iterable[str]
) -> None:
    """Take over properties from new inputs."""
    for name in names:
        record.properties.pop(name, None)
        if inputs.get(name) is not None:
            record.properties[name] = inputs[name]
    record.token = _new_token()
    with cloud.standing_in(operation):
        _write(cloud, record)


def remove(cloud: Cloud, operation: str, arn: str, *, in_use: bool = False) -> None:
    """Delete a thing if it is still there, but not one in use."""
    if in_use:
        words = "Unable to delete the object because it is still in use"
        refuse(operation, "InvalidOperationException", words)
    if find(cloud, arn) is None:
        return
    with cloud.standing_in(operation):
        cloud.client("ssm").delete_parameter(Name=_name(arn))


def retag(cloud: Cloud, arn: str, removed: Iterable[str], added: Tags) -> None:
    """Change the tags of a thing."""
    record, gone = find(cloud, arn), set(removed)
    if record is None:
        refuse("TagResource", "ResourceNotFoundException", f"{arn} does not exist")
    if gone:
        record.tags = {key: value for key, value in record.tags.items() if key not in gone}
        with cloud.standing_in("UntagResource"):
            _write(cloud, record)
    if added:
        record.tags = {**record.tags, **added}
        with cloud.standing_in("TagResource"):
            _write(cloud, record)


def _write(cloud: Cloud, record: Record) -> None:
    cloud.client("ssm").put_parameter(
        Name=_name(record.arn),
        Value=json.dumps(asdict(record), sort_keys=True),
        Type="String",
        Overwrite=True,
    )


def _name(arn: str) -> str:
    return f"{_FOLDER}/{arn.rpartition(':')[2]}"


def read_back(record: Record, **more: Any) -> Properties:
    """Return what AWS tells of every kind of thing, and `more`."""
    return {
        **record.properties,
        "arn": record.arn,
        "name": record.name,
        "updateToken": record.token,
        "tags": record.tags,
        **more,
    }
