"""aws:ssm/parameter:Parameter and aws:ssm/getParameter:getParameter.

Rules: internal/service/ssm/{parameter,parameter_data_source}.go of
hashicorp/terraform-provider-aws.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, error_code
from sandbox.provider.function import Function
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, number, string
from sandbox.provider.tags import Tags, from_aws, to_aws
from sandbox.provider.values import length, one_of
from sandbox.provider.wire import Properties

_KINDS = ("String", "StringList", "SecureString")
_DATA_TYPES = ("aws:ec2:image", "aws:ssm:integration", "text")
_CHOSEN_BY_AWS = "Intelligent-Tiering"
_TIERS = ("Standard", "Advanced", _CHOSEN_BY_AWS)
_LONGEST_STANDARD = 4096  # bytes; longer values need the advanced tier
_PUT = {
    "allowedPattern": "AllowedPattern",
    "dataType": "DataType",
    "description": "Description",
    "tier": "Tier",
    "type": "Type",
}


def _aws_chooses(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    """Tell whether a tier is asked for that AWS turns into one of the other two."""
    del inputs
    return bool(old) and new == _CHOSEN_BY_AWS


class Parameter(Resource):
    """A value in the Parameter Store."""

    pulumi_name = "aws:ssm/parameter:Parameter"
    noun = "SSM Parameter"
    properties: ClassVar = {
        "allowedPattern": string(valid=(length(0, 1024),)),
        "arn": string(output=True),
        "dataType": string(computed=True, replaces=True, valid=(one_of(*_DATA_TYPES),)),
        "description": string(valid=(length(0, 1024),)),
        "hasValueWo": boolean(output=True),
        "insecureValue": string(computed=True),
        "keyId": string(computed=True),
        "name": string(
            computed=True, replaces=True, named=True, max_length=2048, valid=(length(1, 2048),)
        ),
        "overwrite": boolean(),
        "tier": string(computed=True, valid=(one_of(*_TIERS),), suppressed=_aws_chooses),
        "type": string(required=True, valid=(one_of(*_KINDS),)),
        "value": string(computed=True, secret=True),
        "version": number(output=True, unknown_after=("value", "description")),
    }
    exactly_one_of = (("value", "insecureValue"),)
    unmodelled = ("arn", "valueWo", "valueWoVersion")
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Keep secure values out of where they can be read."""
        if inputs.get("type") == "SecureString" and inputs.get("insecureValue"):
            words = "invalid configuration, cannot set type = SecureString and insecure_value"
            yield Fault("insecureValue", words)

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace for the way down from the advanced tier: AWS knows only the way up."""
        down = ("Advanced", "Standard")
        return name == "tier" and (state.get("tier"), inputs.get("tier")) == down

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Put the parameter; one that exists already stays unless `overwrite` says otherwise."""
        overwrite = bool(inputs.get("overwrite"))
        tags = to_aws(inputs.get("tagsAll") or {})
        _put(cloud, inputs, Overwrite=overwrite, **({} if overwrite else {"Tags": tags}))
        return inputs["name"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the parameter with its value."""
        parameter = find_parameter(cloud, identity, decrypted=True)
        if parameter is None:
            return None
        ssm = cloud.client("ssm")
        named = [{"Key": "Name", "Option": "Equals", "Values": [identity]}]
        detail = ssm.describe_parameters(ParameterFilters=named)["Parameters"][0]
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=identity)
        insecure = known.get("insecureValue") and parameter["Type"] != "SecureString"
        return {
            "allowedPattern": detail.get("AllowedPattern", ""),
            "arn": parameter["ARN"],
            "dataType": parameter.get("DataType", "text"),
            "description": detail.get("Description", ""),
            "hasValueWo": False,
            "keyId": detail.get("KeyId", ""),
            "name": parameter["Name"],
            "tier": _tier(detail, parameter["Value"]),
            "type": parameter["Type"],
            "insecureValue" if insecure else "value": parameter["Value"],
            "version": parameter["Version"],
            "tags": from_aws(tags["TagList"]),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Put a new version."""
        if change.names - {"overwrite", "tags", "tagsAll"}:
            _put(cloud, {**change.inputs, "name": identity}, Overwrite=True)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the parameter."""
        del state
        if find_parameter(cloud, identity, decrypted=False):
            cloud.client("ssm").delete_parameter(Name=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change the parameter's tags."""
        resource = {"ResourceType": "Parameter", "ResourceId": identity}
        gone = sorted(removed)
        if gone:
            cloud.client("ssm").remove_tags_from_resource(**resource, TagKeys=gone)
        if added:
            cloud.client("ssm").add_tags_to_resource(**resource, Tags=to_aws(added))


class GetParameter(Function):
    """The value of a parameter."""

    pulumi_name = "aws:ssm/getParameter:getParameter"
    properties: ClassVar = {
        "arn": string(output=True),
        "id": string(output=True),
        "insecureValue": string(output=True),
        "name": string(required=True),
        "type": string(output=True),
        "value": string(output=True, secret=True),
        "version": number(output=True),
        "withDecryption": boolean(default=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Read the parameter."""
        name = arguments["name"]
        parameter = find_parameter(cloud, name, decrypted=arguments["withDecryption"])
        if parameter is None:
            raise LookupError(f"reading SSM Parameter ({name}): couldn't find resource")
        secure = parameter["Type"] == "SecureString"
        return {
            "arn": parameter["ARN"],
            "id": parameter["Name"],
            "insecureValue": "" if secure else parameter["Value"],
            "name": parameter["Name"],
            "type": parameter["Type"],
            "value": parameter["Value"],
            "version": parameter["Version"],
        }


def find_parameter(cloud: Cloud, name: str, *, decrypted: bool) -> dict[str, Any] | None:
    """Return the parameter with its value, or None."""
    try:
        answer = cloud.client("ssm").get_parameter(Name=name, WithDecryption=decrypted)
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            return None
        raise
    return answer["Parameter"]


def _tier(detail: dict[str, Any], value: str) -> str:
    """Return the tier that AWS tells; moto repeats the wish to have it chosen."""
    told = detail.get("Tier", "Standard")
    if told != _CHOSEN_BY_AWS:
        return told
    return "Advanced" if len(value.encode()) > _LONGEST_STANDARD else "Standard"


def _put(cloud: Cloud, inputs: Properties, **more: Any) -> None:
    value = inputs.get("insecureValue") or inputs.get("value")
    key = {"keyId": "KeyId"} if inputs["type"] == "SecureString" else {}
    arguments = pick(inputs, {**_PUT, **key})
    cloud.client("ssm").put_parameter(Name=inputs["name"], Value=value, **arguments, **more)
