"""aws:iam/getPolicyDocument:getPolicyDocument.

Schema: internal/service/iam/policy_document_data_source.go of hashicorp/terraform-provider-aws.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.iam.policy_document import policy_document
from sandbox.provider.schema import Property, list_of, object_of, set_of, string
from sandbox.provider.values import json_document, matches, one_of
from sandbox.provider.wire import Properties


def _empty(value: str) -> str | None:
    return "be an empty string: it is not used any more" if value else None


def _principals() -> Property:
    return set_of(
        object_of(
            {
                "identifiers": set_of(string(), required=True),
                "type": string(required=True),
            }
        )
    )


_STATEMENT = object_of(
    {
        "actions": set_of(string()),
        "conditions": set_of(
            object_of(
                {
                    "test": string(required=True),
                    "values": list_of(string(), required=True),
                    "variable": string(required=True),
                }
            )
        ),
        "effect": string(default="Allow", valid=(one_of("Allow", "Deny"),)),
        "notActions": set_of(string()),
        "notPrincipals": _principals(),
        "notResources": set_of(string()),
        "principals": _principals(),
        "resources": set_of(string()),
        "sid": string(valid=(matches("[a-zA-Z0-9]*", "only include alphanumeric characters"),)),
    }
)


class GetPolicyDocument(Function):
    """An IAM policy document, written from statements; AWS is not asked."""

    pulumi_name = "aws:iam/getPolicyDocument:getPolicyDocument"
    properties: ClassVar = {
        "id": string(output=True),
        "json": string(output=True),
        "minifiedJson": string(output=True),
        "overrideJson": string(valid=(_empty,)),
        "overridePolicyDocuments": list_of(string(valid=(json_document,))),
        "policyId": string(),
        "sourceJson": string(valid=(_empty,)),
        "sourcePolicyDocuments": list_of(string(valid=(json_document,))),
        "statements": list_of(_STATEMENT),
        "version": string(default="2012-10-17", valid=(one_of("2008-10-17", "2012-10-17"),)),
    }
    regional = False

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Build the document."""
        del cloud
        return policy_document(arguments)
