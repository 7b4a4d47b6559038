import importlib.metadata
import socket
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2

from sandbox.provider.configuration import check_configuration, configure
from sandbox.provider.connections import Connections, NotConfiguredError
from sandbox.provider.wire import SECRET, SIGNATURE, UNKNOWN, decode
from tests.support.provider import REGION, FailedError, Instance, urn

VPC = "aws:ec2/vpc:Vpc"
CIDR = "10.0.0.0/16"


def test_the_region_comes_from_the_configuration_or_the_environment() -> None:
    given, faults = check_configuration({"region": "eu-west-1"}, {"AWS_REGION": REGION})
    assert (given, faults) == ({"region": "eu-west-1"}, [])
    given, faults = check_configuration({}, {"AWS_REGION": REGION})
    assert (given, faults) == ({"region": REGION}, [])


def test_a_provider_without_a_region_is_refused() -> None:
    _, faults = check_configuration({}, {})

    assert [(fault.path, fault.reason) for fault in faults] == [
        ("region", "no region: set one with `pulumi config set aws:region REGION`")
    ]


def test_a_region_that_is_not_known_yet_stays_unknown() -> None:
    given = {"region": UNKNOWN}

    assert check_configuration(given, {"AWS_REGION": REGION}) == (given, [])


@pytest.mark.parametrize(
    ("given", "environment"), [({"region": "mars-1"}, {}), ({}, {"AWS_REGION": "mars-1"})]
)
def test_a_provider_in_no_region_of_aws_is_refused(
    given: dict[str, str], environment: dict[str, str]
) -> None:
    _, faults = check_configuration(given, environment)

    assert [(fault.path, fault.reason) for fault in faults] == [
        ("region", "region must name a region of AWS, such as \"eu-west-1\"; it is 'mars-1'")
    ]


def test_a_resource_a_function_and_an_import_in_no_region_are_refused(aws: Instance) -> None:
    assert set(aws.failures(VPC, cidrBlock=CIDR, region="mars-1")) == {"region"}
    with pytest.raises(AssertionError, match="region must name a region of AWS"):
        aws.invoke("aws:ec2/getVpcs:getVpcs", region="mars-1")
    with pytest.raises(FailedError, match="no region mars-1"):
        aws.read(VPC, "vpc-1@mars-1")


def test_what_the_sdk_sends_along_by_default_is_taken() -> None:
    given = {
        "region": REGION,
        "skipCredentialsValidation": "false",
        "skipRegionValidation": "true",
        "version": "7.51.1",
    }

    assert check_configuration(given) == (given, [])


def test_every_fault_of_a_configuration_is_named() -> None:
    _, faults = check_configuration(
        {"region": REGION, "allowedAccountIds": "[]", "defaultTags": "{"}
    )
    reasons = {fault.path: fault.reason for fault in faults}

    assert sorted(reasons) == ["allowedAccountIds", "defaultTags"]
    assert "is not modelled by the sandbox" in reasons["allowedAccountIds"]
    assert reasons["defaultTags"].startswith("defaultTags is not a JSON document")


def test_default_and_ignored_tags_are_read_from_objects_and_from_texts() -> None:
    text = configure(
        {"region": REGION, "defaultTags": '{"tags":{"a":"b"}}', "ignoreTags": '{"keys":["c"]}'}
    )
    objects = configure(
        {"region": REGION, "defaultTags": {"tags": {"a": "b"}}, "ignoreTags": {"keys": ["c"]}}
    )

    assert text == objects
    assert text.tag_rules.defaults == {"a": "b"}
    assert text.tag_rules.ignored_keys == ("c",)


def test_keys_are_secret_in_the_providers_inputs(aws: Instance) -> None:
    news = struct({"region": REGION, "secretKey": "s"})
    request = provider_pb2.CheckRequest(urn=urn("pulumi:providers:aws", "x"), news=news)
    values, secrets = decode(aws.call("CheckConfig", request).inputs)

    assert values == {"region": REGION, "secretKey": "s"}
    assert secrets == {("secretKey",)}


def test_a_changed_configuration_needs_no_other_provider(aws: Instance) -> None:
    request = provider_pb2.DiffRequest(
        olds=struct({"region": "a", "profile": "x"}), news=struct({"region": "b", "profile": "x"})
    )
    answer = aws.call("DiffConfig", request)

    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.diffs) == ["region"]
    assert list(answer.replaces) == []


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    found = struct_pb2.Struct()
    found.update(values)
    return found


def test_an_instance_that_was_not_configured_is_told_so(provider_port: int) -> None:
    instance = Instance(provider_port, configured=False)
    with pytest.raises(FailedError, match="was not configured") as failure:
        instance.preview(VPC, cidrBlock=CIDR)

    assert failure.value.code == grpc.StatusCode.FAILED_PRECONDITION


def test_a_handshake_begins_anew(provider_port: int) -> None:
    instance = Instance(provider_port)
    instance.call("Handshake", provider_pb2.ProviderHandshakeRequest())

    with pytest.raises(FailedError, match="was not configured"):
        instance.preview(VPC, cidrBlock=CIDR)


def test_an_ended_connection_is_forgotten_and_a_living_one_is_not() -> None:
    connections = Connections()
    configuration = configure({"region": REGION})
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, (_, port) = server.accept()
        connections.configure(f"ipv4:127.0.0.1:{port}", configuration)
        connections.configure("ipv4:127.0.0.1:1", configuration)
        connections.configure("ipv4:127.0.0.1:2", configuration)
        client.close()
        accepted.close()

    assert len(connections) == 2
    assert connections.configuration(f"ipv4:127.0.0.1:{port}") == configuration
    with pytest.raises(NotConfiguredError):
        connections.configuration("ipv4:127.0.0.1:1")


def test_many_instances_at_once_keep_their_own_tags(provider_port: int) -> None:
    instances = [
        Instance(provider_port, defaultTags={"tags": {"Number": str(number)}})
        for number in range(20)
    ]

    assert [each.preview(VPC, cidrBlock=CIDR)["tagsAll"] for each in instances] == [
        {"Number": str(number)} for number in range(20)
    ]


@pytest.mark.parametrize(
    ("method", "request_", "says"),
    [
        ("GetSchema", provider_pb2.GetSchemaRequest(), "--generate-code=false"),
        ("GetMapping", provider_pb2.GetMappingRequest(), "no mapping from Terraform"),
        ("Parameterize", provider_pb2.ParameterizeRequest(), "takes no parameters"),
        ("Construct", provider_pb2.ConstructRequest(type="aws:x"), "no component aws:x"),
        ("Call", provider_pb2.CallRequest(tok="aws:x"), "no method aws:x"),
    ],
)
def test_what_is_not_offered_says_so(aws: Instance, method: str, request_: Any, says: str) -> None:
    with pytest.raises(FailedError, match=says) as failure:
        aws.call(method, request_)

    assert failure.value.code == grpc.StatusCode.UNIMPLEMENTED


def test_an_unmodelled_type_is_named(aws: Instance) -> None:
    with pytest.raises(FailedError) as failure:
        aws.check("aws:s3/bucket:Bucket", "x", {})

    assert str(failure.value) == (
        "the sandbox does not model the resource type aws:s3/bucket:Bucket; "
        "docs/sandbox-provider.md lists what it does"
    )


def test_an_unmodelled_function_is_named(aws: Instance) -> None:
    with pytest.raises(FailedError, match="does not model the function aws:s3/getBucket:getBucket"):
        aws.invoke("aws:s3/getBucket:getBucket")


def test_arguments_of_functions_are_checked(aws: Instance) -> None:
    with pytest.raises(AssertionError, match="has no property 'nam'; did you mean name"):
        aws.invoke("aws:index/getRegion:getRegion", nam="x")


def test_a_secret_tag_is_secret_among_all_tags_too(aws: Instance) -> None:
    given = struct(
        {"cidrBlock": CIDR, "tags": {"a": "open", "b": {SIGNATURE: SECRET, "value": "s"}}}
    )
    checked = aws.call(
        "Check", provider_pb2.CheckRequest(urn=urn(VPC, "x"), type=VPC, name="x", news=given)
    )
    created = aws.call(
        "Create", provider_pb2.CreateRequest(urn=urn(VPC, "x"), type=VPC, properties=checked.inputs)
    )

    for answer in (checked.inputs, created.properties):
        values, secrets = decode(answer)
        assert values["tagsAll"] == {"a": "open", "b": "s"}
        assert secrets == {("tags", "b"), ("tagsAll", "b")}
    read = provider_pb2.ReadRequest(
        id=created.id, urn=urn(VPC, "x"), type=VPC, properties=created.properties,
        inputs=checked.inputs,
    )  # fmt: skip
    assert decode(aws.call("Read", read).properties)[1] == {("tags", "b"), ("tagsAll", "b")}


def test_the_outputs_tell_the_id(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)

    assert vpc["id"] == vpc.id
    assert aws.preview(VPC, cidrBlock=CIDR)["id"] is UNKNOWN


def test_the_version_is_that_of_the_sdk(aws: Instance) -> None:
    answer = aws.call("GetPluginInfo", empty_pb2.Empty())

    assert answer.version == importlib.metadata.version("pulumi-aws")
