"""One tag of anything in EC2 (upstream: tag_gen.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties


class Tag(Resource):
    """A single tag of a thing that is managed elsewhere; its id is `vpc-1,Name`."""

    pulumi_name = "aws:ec2/tag:Tag"
    noun = "EC2 Tag"
    properties: ClassVar = {
        "resourceId": string(required=True, replaces=True),
        "key": string(required=True, replaces=True),
        "value": string(required=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Set the tag."""
        _set(cloud, inputs)
        return f"{inputs['resourceId']},{inputs['key']}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the tag."""
        del known
        resource, _, key = identity.partition(",")
        for each in cloud.list_all("describe_tags", "Tags", resource_id=resource):
            if each["Key"] == key:
                return {"resourceId": resource, "key": key, "value": each["Value"]}
        return None

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Set another value."""
        del identity
        _set(cloud, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the tag away."""
        del identity
        cloud.ec2.delete_tags(Resources=[state["resourceId"]], Tags=[{"Key": state["key"]}])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `vpc-1,Name`."""
        del cloud
        if not all(import_id.partition(",")):
            raise ValueError("the import id must be RESOURCEID,KEY")
        return import_id, {}


def _set(cloud: Cloud, inputs: Properties) -> None:
    tag = {"Key": inputs["key"], "Value": inputs["value"]}
    cloud.ec2.create_tags(Resources=[inputs["resourceId"]], Tags=[tag])
