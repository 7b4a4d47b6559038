"""What the pack blots out of its messages: secrets as they are, as messages spell them, in part."""

import json
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.pack.redaction import redact
from guardrails.testing import analyze, secret
from tests.support.policy_stacks import closed_network


def blotted(text: str, *secrets: str) -> str:
    return redact(text, frozenset(secrets))


@pytest.mark.parametrize(
    ("secret_value", "text", "shown"),
    [
        ("hush", "subnet hush is private", "subnet [secret] is private"),
        ("hush", "subnet db-hush-1 is private", "subnet db-[secret]-1 is private"),
        ("hush", "a hushed word", "a hushed word"),
        ("hush-hush", "subnet dbhush-hush1 is private", "subnet db[secret]1 is private"),
        ("two\nlines", "named two\nlines here", "named [secret] here"),
        ('a "b" é', json.dumps({"urn": 'a "b" é'}), '{"urn": "[secret]"}'),
        ('a "b" é', '{"urn": "a \\"b\\" é"}', '{"urn": "[secret]"}'),
        ("FD00:0::/8", "route fd00::/8", "route [secret]"),
        ("10.0.0.0/16", "route 10.0.0.0/16", "route [secret]"),
        ("10.0.0.0/16", "route 110.0.0.0/16", "route 110.0.0.0/16"),
        ("10.0.0.9/32", "virtual IP 10.0.0.9", "virtual IP [secret]"),
    ],
)
def test_a_secret_is_blotted_out_as_a_message_spells_it(
    secret_value: str, text: str, shown: str
) -> None:
    assert blotted(text, secret_value) == shown


DOCUMENT = json.dumps(
    {
        "Resources": {
            "Out": {
                "Type": "AWS::EC2::Route",
                "Properties": {
                    "RouteTableId": "rtb-0123456789abcdef0",
                    "DestinationCidrBlock": "198.51.100.0/24",
                    "CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c-1",
                },
            },
            "World": {"DestinationCidrBlock": "0.0.0.0/0"},
        }
    }
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("table rtb-0123456789abcdef0", "table [secret]"),
        ("route 198.51.100.0/24", "route [secret]"),
        ("to arn:aws:networkmanager::1:core-network/c-1", "to [secret]"),
        ("route 0.0.0.0/0 of Route Out in Resources", "route 0.0.0.0/0 of Route Out in Resources"),
    ],
)
def test_of_a_secret_document_addresses_ids_and_arns_are_blotted_out_and_no_words(
    text: str, shown: str
) -> None:
    assert blotted(text, DOCUMENT) == shown


def test_the_id_at_the_end_of_a_secret_arn_is_blotted_out() -> None:
    arn = "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0123456789abcdef0"
    assert blotted("subnet subnet-0123456789abcdef0", arn) == "subnet [secret]"


def test_the_addresses_in_a_list_that_is_one_secret_text_are_blotted_out() -> None:
    assert blotted("from 10.1.0.0/16", "10.0.0.0/16, 10.1.0.0/16.") == "from [secret]"


def said(body: Any) -> str:
    stack, made = closed_network()
    stack.add(
        "cloudformation/stack:Stack",
        "routes",
        templateBody=body,
        parameters={"Table": made["table"], "Gateway": made["gateway"]},
    )
    return "\n".join(each.message for each in analyze(stack.state(), policies()).violations)


def test_what_a_secret_template_routes_is_judged_but_never_printed() -> None:
    properties = {
        "RouteTableId": {"Ref": "Table"},
        "GatewayId": {"Ref": "Gateway"},
        "DestinationCidrBlock": "198.51.100.0/24",
    }
    template = json.dumps(
        {
            "Parameters": {"Table": {"Type": "String"}, "Gateway": {"Type": "String"}},
            "Resources": {"Out": {"Type": "AWS::EC2::Route", "Properties": properties}},
        }
    )
    assert "route 198.51.100.0/24 -> internet gateway" in said(template)
    hidden = said(secret(template))
    assert "route [secret] -> internet gateway" in hidden
    assert "198.51.100.0" not in hidden
