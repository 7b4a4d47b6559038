"""The user data of a Windows node: its values, its size, and what it refuses."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from components import bootstrap
from components.bootstrap.boot import USER_DATA_LIMIT
from components.bootstrap.windows import windows_script, windows_user_data
from components.cluster_description import LinuxMirror, WindowsMirror
from components.engine_args import EngineArgs
from components.expresscluster_args import ExpressclusterArgs, PackagesArgs
from components.expresscluster_names import guid_placeholder
from components.node_user_data import user_data
from tests.support.windows import (
    ADDRESSES,
    SHA256,
    VOLUME,
    VOLUMES,
    cluster,
    front,
    node,
    rendered,
    unpacked,
)

SCRIPT = (Path(bootstrap.__file__).parent / "windows.ps1").read_text()


def scattered(length: int, seed: int = 0) -> str:
    """Return a name of letters and digits without a pattern, which packs badly."""
    return hashlib.shake_256(bytes([length, seed])).hexdigest(length)[:length]


def test_ec2launch_unpacks_and_runs_the_script_at_every_boot() -> None:
    text = windows_user_data(node(), cluster())
    assert text.startswith("<powershell>\n")
    assert text.endswith("\n</powershell>\n<persist>true</persist>\n")
    assert re.findall(r"<[^>]*>", text) == [
        "<powershell>",
        "</powershell>",
        "<persist>",
        "</persist>",
    ]
    assert unpacked(text) == windows_script(node(), cluster())


def test_a_node_without_a_cluster_gets_its_values_and_no_others() -> None:
    script = windows_script(node("Node-A"), None)
    assert script.endswith(SCRIPT)
    assert script.splitlines()[:9] == [
        "$NodeName = 'node-a'",
        "$Region = 'us-east-1'",
        "$Vpc = 'vpc-0123456789abcdef0'",
        "$ApiHost = 'ec2.us-east-1.amazonaws.com'",
        "$Serial = 'vol0123456789abcdef0'",
        "$DataDrive = 'E'",
        "$ClusterDrive = 'X'",
        "$ClusterName = ''",
        "$Configuration = ''",
    ]
    assert front(script).keys() == front(windows_script(node(), cluster())).keys()


def test_a_node_of_a_cluster_knows_its_peer_and_where_the_product_lies() -> None:
    values = front(windows_script(node("node-b"), cluster()))
    assert {name: values[name] for name in list(values)[7:] if name != "Configuration"} == {
        "ClusterName": "'cluster-1'",
        "Placeholders": "@('GUID-OF-DATA-PARTITION-OF-node-b',"
        " 'GUID-OF-CLUSTER-PARTITION-OF-node-b', 'GUID-OF-DATA-PARTITION-OF-node-a',"
        " 'GUID-OF-CLUSTER-PARTITION-OF-node-a')",
        "HostLines": "@('10.0.110.10 node-a # hacluster', '10.0.120.10 node-b # hacluster')",
        "OwnAddress": "'10.0.120.10'",
        "PeerAddress": "'10.0.110.10'",
        "First": "$false",
        "Package": "'s3://artefacts/ecx/ecx53w_x64.zip'",
        "PackageHash": f"'{SHA256}'",
        "Licences": "@('s3://artefacts/ecx/base.key', 's3://artefacts/ecx/replicator.key')",
        "OwnObject": "'s3://artefacts/exchange/dev/node-b.json'",
        "PeerObject": "'s3://artefacts/exchange/dev/node-a.json'",
        "PeerSerial": "'vol0123456789abcdef0'",
    }
    assert front(windows_script(node("node-a"), cluster()))["First"] == "$true"


def test_the_program_tells_each_node_the_volume_of_the_other() -> None:
    facts: dict[str, Any] = {
        "name": "cluster-1",
        "region": "us-east-1",
        "vpc_id": "vpc-1",
        "virtual_ip": "20.0.0.100",
        "nodes": [
            {
                "name": name,
                "address": address,
                "availability_zone": "us-east-1a",
                "interface_id": "eni-1",
                "volume_id": VOLUMES[name],
            }
            for name, address in ADDRESSES.items()
        ],
    }
    packages = PackagesArgs(bucket="artefacts", file="ecx.zip", sha256=SHA256)
    engine = EngineArgs("expresscluster", ExpressclusterArgs(system="windows", packages=packages))
    found = [front(unpacked(user_data(engine, facts, priority))) for priority in (0, 1)]
    assert [values["Serial"] for values in found] == [
        "'vol0123456789abcdef0'",
        "'vol0fedcba9876543210'",
    ]
    assert [values["PeerSerial"] for values in found] == [
        "'vol0fedcba9876543210'",
        "'vol0123456789abcdef0'",
    ]


def test_the_configuration_goes_in_as_it_is_but_for_its_indentation() -> None:
    values = front(windows_script(node(), cluster(configuration=rendered(ADDRESSES, name="it's"))))
    literal = values["Configuration"]
    assert literal.startswith('\'<?xml version="1.0" encoding="ASCII"?><root><all><charset>')
    assert "<name>it''s</name>" in literal
    assert literal.endswith("</root>'")
    assert values["ClusterName"] == "'it''s'"


def test_a_region_in_china_has_its_own_domain() -> None:
    values = front(windows_script(node(region="cn-north-1"), None))
    assert values["ApiHost"] == "'ec2.cn-north-1.amazonaws.com.cn'"


def test_five_licences_and_long_names_fit() -> None:
    names = {"production-noda": "100.100.110.110", "production-nodb": "100.100.120.110"}
    large = cluster(
        names,
        configuration=rendered(
            names,
            name=scattered(31),
            partition_witness=(scattered(100), 65535),
            heartbeat_timeout_seconds=60,
            aws_cli_timeout_seconds=200,
            monitor_zones=True,
        ),
        bucket=scattered(63),
        package_key=f"packages/{scattered(120, 9)}",
        licence_keys=tuple(f"licences/{scattered(120, number)}" for number in range(5)),
        exchange_prefix=f"exchange/{scattered(120, 8)}",
    )
    text = windows_user_data(node("production-nodb"), large)
    assert len(base64.b64encode(text.encode())) < USER_DATA_LIMIT


def test_user_data_longer_than_aws_takes_are_refused() -> None:
    keys = tuple(hashlib.sha512(bytes([each])).hexdigest() for each in range(100))
    with pytest.raises(ValueError, match=r"node-a have \d+ bytes in base64, more than 16384"):
        windows_user_data(node(), cluster(licence_keys=keys))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"host_name": "a" * 16}, "'a{16}' is not a computer's name"),
        ({"host_name": "123"}, "'123' is not a computer's name"),
        ({"host_name": "node_a"}, "'node_a' is not a computer's name"),
        ({"host_name": "node-a\n"}, "is not a computer's name"),
        ({"region": "us-east-1\n"}, r"\$Region cannot be 'us-east-1\\n'"),
        ({"vpc_id": "vpc-\u2018x"}, r"\$Vpc cannot be"),
        ({"mirror": WindowsMirror("sync", "C", "X")}, "'C' is not a drive letter from D to Z"),
        ({"mirror": WindowsMirror("sync", "E", "XY")}, "'XY' is not a drive letter"),
        ({"mirror": WindowsMirror("sync", "E", "e")}, "have the drive letter E"),
        ({"mirror": LinuxMirror("sync", "ext4", "/data")}, "its mirror is one for Linux"),
    ],
)
def test_a_node_that_windows_cannot_be_is_refused(changed: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        windows_user_data(node(**changed), None)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"package_sha256": "0" * 63}, "is not a SHA-256"),
        ({"licence_keys": ('a".key',)}, r"\$Licences cannot be"),
        ({"package_key": "folder\\package.zip"}, r"\$Package cannot be"),
        ({"bucket": "b\x00"}, r"\$Package cannot be"),
        ({"volumes": {"node-a": VOLUME}}, "the mirror volumes of node-a and node-b"),
        ({"volumes": {"node-a": "vol-1", "node-b": "vol-2"}}, "must know the mirror volumes"),
        ({"configuration": "<root/>"}, "has no cluster/name"),
        ({"configuration": rendered({"node-a": "10.0.0.1"})}, "must have 4 placeholders"),
        ({"configuration": rendered({**ADDRESSES, "node-c": "10.0.0.1"})}, "must have 4"),
        (
            {"configuration": rendered({"node-a": "10.0.0.1", "node-a1": "10.0.0.2"})},
            "lacks the placeholder GUID-OF-DATA-PARTITION-OF-node-b",
        ),
        ({"configuration": rendered(ADDRESSES, name="é")}, r"\$ClusterName cannot be"),
    ],
)
def test_a_cluster_that_the_script_cannot_make_is_refused(
    changed: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        windows_user_data(node(), cluster(**changed))


@pytest.mark.parametrize(
    "addresses",
    [{"node-a": "10.0.0.1"}, {"node-b": "10.0.0.1", "node-c": "10.0.0.2"}],
)
def test_a_cluster_is_the_node_and_one_peer(addresses: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a cluster of node-a needs it and one peer, not node-"):
        windows_user_data(node(), cluster(addresses, configuration=rendered(ADDRESSES)))


def test_a_placeholder_names_the_part_and_the_host() -> None:
    assert guid_placeholder("data", "node-a") == "GUID-OF-DATA-PARTITION-OF-node-a"
    assert guid_placeholder("cluster", "node-b") == "GUID-OF-CLUSTER-PARTITION-OF-node-b"


def test_the_document_names_the_steps_in_their_order() -> None:
    page = (Path(__file__).parents[2] / "docs/windows.md").read_text()
    told = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert told == re.findall(r"Enter-Step '([^']+)'", SCRIPT)
    for folder in ("status.json", "boot.log", "boot.ps1"):
        assert folder in page
