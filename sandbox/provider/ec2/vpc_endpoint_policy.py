"""A VPC endpoint's policy on its own (upstream: internal/service/ec2/vpc_endpoint_policy.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.vpc_endpoint_live import find_endpoint, set_policy
from sandbox.provider.iam.documents import normalised, settled
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.values import canonical_policy, json_document
from sandbox.provider.wire import Properties


class VpcEndpointPolicy(Resource):
    """Who may do what through an endpoint; without a document AWS's, which allows everything."""

    pulumi_name = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
    noun = "VPC Endpoint Policy"
    properties: ClassVar = {
        "policy": string(computed=True, normal=canonical_policy, valid=(json_document,)),
        "vpcEndpointId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Give the endpoint the policy; its id is the endpoint's."""
        _put(cloud, inputs["vpcEndpointId"], inputs)
        return inputs["vpcEndpointId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the endpoint's policy."""
        endpoint = find_endpoint(cloud, identity)
        return endpoint and {
            "policy": settled(known.get("policy", ""), endpoint["PolicyDocument"]),
            "vpcEndpointId": identity,
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Give the endpoint another policy."""
        _put(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Give the endpoint AWS's policy back."""
        del state
        set_policy(cloud, identity, "")


def _put(cloud: Cloud, endpoint: str, inputs: Properties) -> None:
    document = inputs.get("policy")
    set_policy(cloud, endpoint, normalised(document) if document else "")
