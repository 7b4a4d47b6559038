"""What a node may ask of AWS, word for word."""

from typing import Any

from components import documents

TABLES = ["arn:aws:ec2:eu-west-1:1:route-table/rtb-2", "arn:aws:ec2:eu-west-1:1:route-table/rtb-1"]
ROLE = "arn:aws:iam::1:role/node"
LOOK = {
    "Sid": "DescribeNetwork",
    "Effect": "Allow",
    "Action": ["ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeVpcs"],
    "Resource": "*",
}
MOVE = {
    "Sid": "ReplaceVirtualIpRoutes",
    "Effect": "Allow",
    "Action": "ec2:ReplaceRoute",
    "Resource": [TABLES[1], TABLES[0]],
}
ADDRESSES = {"node-a": "10.0.110.10", "node-b": "10.0.120.10"}


def from_node(address: str, **equal: str) -> dict[str, Any]:
    return {
        "StringEquals": {"aws:EC2InstanceSourceVPC": "vpc-1", **equal},
        "IpAddress": {"aws:EC2InstanceSourcePrivateIPv4": f"{address}/32"},
    }


def test_only_ec2_may_hand_out_the_role() -> None:
    assert documents.instance_trust("us-gov-west-1") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def test_a_node_looks_at_the_network_and_moves_routes_of_its_tables() -> None:
    assert documents.virtual_ip_statements(TABLES) == [LOOK, MOVE]


def test_watching_the_zones_takes_one_look_more() -> None:
    assert documents.zone_monitor_statements() == [
        {
            "Sid": "DescribeZones",
            "Effect": "Allow",
            "Action": "ec2:DescribeAvailabilityZones",
            "Resource": "*",
        }
    ]


def test_a_node_stops_its_peer_and_no_other_instance() -> None:
    tags = {"hacluster:stack": "dev"}
    look, *stops = documents.forced_stop_statements(TABLES[0], "vpc-1", ADDRESSES, tags)
    assert (look["Action"], look["Resource"]) == ("ec2:DescribeInstances", "*")
    assert stops == [
        {
            "Sid": f"Stop{peer.title().replace('-', '')}From{host.title().replace('-', '')}",
            "Effect": "Allow",
            "Action": ["ec2:RebootInstances", "ec2:StopInstances"],
            "Resource": "arn:aws:ec2:eu-west-1:1:instance/*",
            "Condition": from_node(
                address,
                **{
                    "aws:ResourceTag/hacluster:node": peer,
                    "aws:ResourceTag/hacluster:stack": "dev",
                },
            ),
        }
        for host, address, peer in (
            ("node-a", "10.0.110.10", "node-b"),
            ("node-b", "10.0.120.10", "node-a"),
        )
    ]


def test_packages_are_read_one_by_one_and_decrypted_through_s3() -> None:
    assert list(
        documents.package_statements("eu-west-1", "media", ["x/ecx.rpm", "x/base.key"])
    ) == [
        {
            "Sid": "GetPackages",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::media/x/ecx.rpm", "arn:aws:s3:::media/x/base.key"],
        },
        {
            "Sid": "DecryptPackages",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": "arn:aws:kms:eu-west-1:*:key/*",
            "Condition": {
                "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
                "StringLike": {
                    "kms:EncryptionContext:aws:s3:arn": [
                        "arn:aws:s3:::media",
                        "arn:aws:s3:::media/*",
                    ]
                },
            },
        },
    ]


def test_each_node_writes_its_own_object_and_reads_all() -> None:
    bucket = "arn:aws-cn:s3:::media"
    found = list(documents.exchange_statements("cn-north-1", "media", "x/c", "vpc-1", ADDRESSES))
    listing, reading, *writing, encrypting = found
    assert (listing["Action"], listing["Resource"]) == ("s3:ListBucket", bucket)
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "x/c/*"}}
    assert (reading["Action"], reading["Resource"]) == ("s3:GetObject", f"{bucket}/x/c/*")
    assert [(each["Action"], each["Resource"], each["Condition"]) for each in writing] == [
        ("s3:PutObject", f"{bucket}/x/c/{name}.json", from_node(address))
        for name, address in ADDRESSES.items()
    ]
    assert encrypting["Action"] == "kms:GenerateDataKey"
    assert encrypting["Condition"]["StringEquals"] == {
        "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"
    }


def test_the_endpoint_lets_one_role_do_the_same_and_nothing_else() -> None:
    caller = {"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}
    permissions = documents.document(documents.virtual_ip_statements(TABLES))
    assert documents.endpoint_policy(ROLE, permissions) == {
        "Version": "2012-10-17",
        "Statement": [LOOK | caller, MOVE | caller],
    }


def test_the_endpoint_keeps_the_conditions_of_a_permission() -> None:
    stops = documents.document(documents.forced_stop_statements(TABLES[0], "vpc-1", ADDRESSES, {}))
    statement = documents.endpoint_policy(ROLE, stops)["Statement"][1]
    assert statement["Condition"] == {
        **from_node("10.0.110.10", **{"aws:ResourceTag/hacluster:node": "node-b"}),
        "ArnEquals": {"aws:PrincipalArn": ROLE},
    }


def test_a_table_s_arn_shares_partition_region_and_account_with_its_vpc() -> None:
    vpc = "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:vpc/vpc-1"
    assert documents.route_table_arn(vpc, "rtb-9") == (
        "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:route-table/rtb-9"
    )
