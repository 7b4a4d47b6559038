"""Odd values: what cannot be read is not known, and never an exception."""

from collections.abc import Iterator

import pytest
from google.protobuf.struct_pb2 import Struct

from guardrails.pack import policies
from guardrails.pack.session import Session
from guardrails.pulumi_reader.protobuf import HIDDEN, Properties
from guardrails.testing import UNKNOWN, Given, analyze, secret, urn_of
from tests.support.policy_stacks import closed_network

RULE = "private-subnets-have-no-internet-route"


def decoded(value: object) -> object:
    message = Struct()
    message.update({"it": value})
    return Properties(message, set())["it"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (443, 443),
        (0.5, 0.5),
        (True, True),
        (None, None),
        (UNKNOWN, HIDDEN),
        ("[secret]", HIDDEN),
        ([UNKNOWN, "a"], [HIDDEN, "a"]),
        ({"a": {"b": UNKNOWN}}, {"a": {"b": HIDDEN}}),
        (float("nan"), HIDDEN),
        (secret("word"), "word"),
        ({"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"}, HIDDEN),
        ({"4dabf18193072939515e22adb298388d": "a signature of the future"}, HIDDEN),
        (
            {
                "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e",
                "urn": "urn",
                "id": "vpc-1",
            },
            "vpc-1",
        ),
    ],
)
def test_values_are_decoded_as_the_engine_means_them(sent: object, read: object) -> None:
    assert decoded(sent) == read


def test_asking_for_an_absent_property_does_not_create_it() -> None:
    message = Struct()
    assert Properties(message, set())["absent"] is None
    assert len(message.fields) == 0


def test_texts_and_numbers_in_a_secret_are_remembered() -> None:
    message = Struct()
    message.update({"it": secret({"a": ["word", 22, True, UNKNOWN]})})
    secrets: set[str] = set()
    assert Properties(message, secrets)["it"]
    assert secrets == {"word", "22"}


def test_a_secret_range_is_judged_but_never_printed() -> None:
    stack, made = closed_network()
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        gatewayId=made["gateway"],
        destinationCidrBlock=secret("198.51.100.0/24"),
    )
    outcome = analyze(stack.state(), policies())
    assert len(outcome.of(RULE)) == 1
    assert "[secret]" in outcome.of(RULE)[0].message
    assert not any("198.51.100.0" in each.message for each in outcome.violations)


@pytest.mark.parametrize(
    ("key", "given", "spelled"),
    [
        ("destinationCidrBlock", "10.0.9.9/32", "10.0.9.9"),
        ("destinationIpv6CidrBlock", "2001:0DB8::0009/128", "2001:db8::9"),
    ],
)
def test_a_secret_address_is_printed_in_no_spelling(key: str, given: str, spelled: str) -> None:
    stack, made = closed_network()
    table, rule = made["table"], "virtual-ip-outside-vpc-cidr"
    six = "ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"
    stack.add(six, "six", vpcId=made["vpc"], ipv6CidrBlock="2001:db8::/56")
    way = {key: secret(given), "networkInterfaceId": "eni-1"}
    stack.add("ec2/route:Route", "virtual", routeTableId=table, **way)
    outcome = analyze(stack.state(), policies())
    assert len(outcome.of(rule)) == 1
    assert not any(spelled in each.message for each in outcome.violations)


HOSTILE = [
    7,
    -1.5,
    True,
    "",
    "x" * 100_000,
    "\x00\ufffe\N{PILE OF POO}",
    [],
    [[[]]],
    {},
    {"a": None},
    [None, 1, "igw-1", {"cidrBlock": 7}],
    UNKNOWN,
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9 ",
    float("inf"),
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_of_any_property_breaks_the_pack(value: object) -> None:
    stack, made = closed_network()
    stack.add("ec2/route:Route", "out", routeTableId=made["table"], gatewayId=made["gateway"])
    for shown in (stack.state(), stack.preview()):
        for at, resource in enumerate(shown):
            for name in {*resource.inputs, *(resource.outputs or {}), "tags", "region", "routes"}:
                changed = list(shown)
                changed[at] = Given(
                    resource.type,
                    resource.name,
                    {**resource.inputs, name: value},
                    {**(resource.outputs or {}), name: value},
                    resource.links,
                )
                outcome = analyze(changed, policies())
                assert outcome.of("pack-is-sound") == [], (resource.name, name)


@pytest.mark.parametrize("urn", ["", "urn", "a::b::c", "urn:pulumi:s::p::aws:ec2/subnet:Subnet::"])
def test_no_urn_breaks_the_pack(urn: str) -> None:
    given = Given("aws:ec2/subnet:Subnet", "x", {"vpcId": "vpc-1"}, exact_urn=urn or " ")
    outcome = analyze([given], policies())
    assert outcome.of("pack-is-sound") == []


def test_ports_and_protocols_are_read_as_numbers_or_texts() -> None:
    vpc = Given("aws:ec2/vpc:Vpc", "hub", {"cidrBlock": "10.0.0.0/16"}, {"id": "vpc-1"})
    group = Given(
        "aws:ec2/securityGroup:SecurityGroup",
        "g",
        {"vpcId": "vpc-1"},
        {
            "id": "sg-1",
            "vpcId": "vpc-1",
            "ingress": [{"protocol": 6, "fromPort": "443", "toPort": 443.0}],
        },
    )
    endpoint = Given(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "e",
        {"vpcId": "vpc-1", "vpcEndpointType": "Interface", "securityGroupIds": ["sg-1"]},
    )
    assert analyze([vpc, group, endpoint], policies()).violations == ()
    assert endpoint.urn == urn_of(endpoint.type, "e")


class Growing(set[str]):
    """Secrets among which another thread puts one more whenever somebody walks through them."""

    def __iter__(self) -> Iterator[str]:
        for each in super().__iter__():
            self.add(f"{each} and more")
            yield each


def test_a_message_is_written_while_another_thread_reads_more_secrets() -> None:
    session = Session()
    session.secrets = Growing({"word", "other"})
    assert session.printable("a word") == "a [secret]"


def test_secrets_are_blotted_out_also_when_they_are_read_after_the_first_message() -> None:
    session = Session()
    session.secrets.add("word")
    assert session.printable("word and later") == "[secret] and later"
    session.secrets.add("later")
    assert session.printable("word and later") == "[secret] and [secret]"
