"""What a node may ask of the EC2 API, word for word."""

from components import documents

TABLES = ["arn:aws:ec2:eu-west-1:1:route-table/rtb-2", "arn:aws:ec2:eu-west-1:1:route-table/rtb-1"]
ROLE = "arn:aws:iam::1:role/node"
LOOK = {
    "Sid": "LookAtTheNetwork",
    "Effect": "Allow",
    "Action": ["ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeVpcs"],
    "Resource": "*",
}
MOVE = {
    "Sid": "MoveTheVirtualIp",
    "Effect": "Allow",
    "Action": "ec2:ReplaceRoute",
    "Resource": [TABLES[1], TABLES[0]],
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
    assert documents.move_permissions(TABLES) == {
        "Version": "2012-10-17",
        "Statement": [LOOK, MOVE],
    }


def test_the_endpoint_lets_one_role_do_the_same_and_nothing_else() -> None:
    caller = {"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}
    assert documents.endpoint_policy(ROLE, TABLES) == {
        "Version": "2012-10-17",
        "Statement": [LOOK | caller, MOVE | caller],
    }


def test_a_table_s_arn_shares_partition_region_and_account_with_its_vpc() -> None:
    vpc = "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:vpc/vpc-1"
    assert documents.route_table_arn(vpc, "rtb-9") == (
        "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:route-table/rtb-9"
    )
