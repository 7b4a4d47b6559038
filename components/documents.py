"""IAM and endpoint policy documents: what a node may ask of AWS, and nothing more.

Pure: plain mappings in AWS's policy language, to be written as JSON. Each optional feature has a
statement of its own, which is absent while the feature is off.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import partitions

VERSION = "2012-10-17"

# EC2's Describe actions know no resource but "*":
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
DESCRIBE_ACTIONS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeVpcs")
REPLACE_ACTION = "ec2:ReplaceRoute"
# What the AWS AZ monitor and the AWS forced-stop resource call. Not verified: NEC's list was not
# readable where this project is developed.
ZONE_ACTION = "ec2:DescribeAvailabilityZones"
STATE_ACTION = "ec2:DescribeInstances"
STOP_ACTIONS = ("ec2:RebootInstances", "ec2:StopInstances")
# What fence_aws calls (github.com/ClusterLabs/fence-agents, agents/aws): its reboot is a stop and a
# start. It describes instances to list them and to see when one has stopped.
FENCE_ACTIONS = ("ec2:StartInstances", "ec2:StopInstances")

# What the nodes ask of other services, each by its own endpoint. Session Manager needs the first
# two, agents before 3.3.40 the third as well:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
SERVICE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "ssm": ("ssm:UpdateInstanceInformation",),
    "ssmmessages": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
    "ec2messages": (
        "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage",
        "ec2messages:FailMessage",
        "ec2messages:GetEndpoint",
        "ec2messages:GetMessages",
        "ec2messages:SendReply",
    ),
    "logs": ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    "monitoring": ("cloudwatch:PutMetricData",),
    "sts": ("sts:GetCallerIdentity",),
    "kms": ("kms:Decrypt", "kms:GenerateDataKey"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "s3": ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
}
# A key, a secret or a bucket is somebody's: the role gets these from a policy that names it.
NOT_GRANTED = ("kms", "secretsmanager", "s3")

Statement = Mapping[str, Any]
Document = Mapping[str, Any]


def instance_trust(region: str) -> Document:
    """Return the trust policy of a role that EC2 instances of a region take on."""
    principal = {"Service": partitions.instance_principal(region)}
    return document(
        [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    )


def endpoint_policy(caller_role_arn: str, permissions: Document) -> Document:
    """Return a policy that lets one role through an endpoint, for its own permissions only.

    What another service asks on the role's behalf, such as KMS for S3, comes by no endpoint.
    The role stands in a condition: as a principal it would turn into an internal id, and a role
    made anew under the same name would be shut out.
    """
    caller = {"ArnEquals": {"aws:PrincipalArn": caller_role_arn}}
    return document(
        [
            {
                **statement,
                "Principal": "*",
                "Condition": {**statement.get("Condition", {}), **caller},
            }
            for statement in permissions["Statement"]
            if "kms:ViaService" not in statement.get("Condition", {}).get("StringEquals", {})
        ]
    )


def route_table_arn(vpc_arn: str, route_table_id: str) -> str:
    """Return the ARN of a table from that of its VPC: they share partition, region and account."""
    partition_region_account, _, _ = vpc_arn.rpartition(":")
    return f"{partition_region_account}:route-table/{route_table_id}"


def virtual_ip_statements(route_table_arns: Sequence[str]) -> list[Statement]:
    """Allow a node to move the virtual IP: describe the network, replace routes in these tables."""
    return [
        allow("DescribeNetwork", list(DESCRIBE_ACTIONS), "*"),
        allow("ReplaceVirtualIpRoutes", REPLACE_ACTION, sorted(route_table_arns)),
    ]


def zone_monitor_statements() -> list[Statement]:
    """Allow the AWS AZ monitor to describe the availability zones."""
    return [allow("DescribeZones", ZONE_ACTION, "*")]


def forced_stop_statements(
    route_table_arn: str, vpc_id: str, addresses: Mapping[str, str], tags: Mapping[str, str]
) -> list[Statement]:
    """Allow a forced stop: each node may stop the instances of the other nodes.

    `addresses` are the nodes' by host name; `tags` tell this cluster from another in the account.
    """
    names = ("Stop", STOP_ACTIONS)
    return list(_peer_statements(*names, route_table_arn, vpc_id, addresses, tags))


def fencing_statements(
    route_table_arn: str, vpc_id: str, addresses: Mapping[str, str], tags: Mapping[str, str]
) -> list[Statement]:
    """Allow fencing: each node may stop and start the instances of the other nodes.

    `addresses` and `tags` are as for a forced stop.
    """
    names = ("Fence", FENCE_ACTIONS)
    return list(_peer_statements(*names, route_table_arn, vpc_id, addresses, tags))


def package_statements(region: str, bucket: str, keys: Sequence[str]) -> Iterator[Statement]:
    """Allow a node to read these objects, encrypted with whatever key of KMS.

    S3 itself calls KMS, so no endpoint of KMS is needed; the key's own policy has to allow the
    role too. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    arn = partitions.bucket_arn(region, bucket)
    yield allow("GetPackages", "s3:GetObject", [f"{arn}/{key}" for key in keys])
    yield _key_use(region, "DecryptPackages", "kms:Decrypt", arn)


def exchange_statements(
    region: str, bucket: str, prefix: str, vpc_id: str, addresses: Mapping[str, str]
) -> Iterator[Statement]:
    """Allow each node to write its own object below a prefix and to read all of them.

    Listing lets a node tell an object that is not there yet from one that it may not read.
    """
    arn = partitions.bucket_arn(region, bucket)
    listed = {"StringLike": {"s3:prefix": f"{prefix}/*"}}
    yield allow("ListExchange", "s3:ListBucket", arn, listed)
    yield allow("GetExchange", "s3:GetObject", f"{arn}/{prefix}/*")
    for host_name, address in sorted(addresses.items()):
        yield allow(
            f"PutExchangeAs{_identifier(host_name)}",
            "s3:PutObject",
            f"{arn}/{prefix}/{host_name}.json",
            _from_node(vpc_id, address, {}),
        )
    yield _key_use(region, "EncryptWhatNodesWrite", "kms:GenerateDataKey", arn)


def service_statement(service: str) -> Statement:
    """Allow a node to call another service by its endpoint."""
    return allow(f"Use{service.capitalize()}", list(SERVICE_ACTIONS[service]), "*")


def service_permissions(service: str) -> str:
    """Return the policy document for one other service (JSON), for its endpoint."""
    return json.dumps(document([service_statement(service)]))


def document(statements: Sequence[Statement]) -> Document:
    """Return a whole document."""
    return {"Version": VERSION, "Statement": list(statements)}


def allow(
    name: str,
    actions: str | list[str],
    resources: str | list[str],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Return a statement that allows actions on resources; `name` is its `Sid`."""
    statement = {"Sid": name, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _peer_statements(
    verb: str,
    actions: Sequence[str],
    route_table_arn: str,
    vpc_id: str,
    addresses: Mapping[str, str],
    tags: Mapping[str, str],
) -> Iterator[Statement]:
    """Allow each node these actions on the instances of the other nodes, and to see their state."""
    partition_region_account, _, _ = route_table_arn.rpartition(":")
    instances = f"{partition_region_account}:instance/*"
    yield allow("DescribeInstances", STATE_ACTION, "*")
    for host_name, address in sorted(addresses.items()):
        for peer in sorted(addresses):
            if peer != host_name:
                yield allow(
                    f"{verb}{_identifier(peer)}From{_identifier(host_name)}",
                    list(actions),
                    instances,
                    _from_node(vpc_id, address, _with_tags({**tags, "hacluster:node": peer})),
                )


def _from_node(
    vpc_id: str, address: str, equal: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Any]:
    """Return the condition that credentials were delivered to the instance with this address.

    A private address is unique in its VPC alone, so both count:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "StringEquals": {"aws:EC2InstanceSourceVPC": vpc_id, **equal.get("StringEquals", {})},
        "IpAddress": {"aws:EC2InstanceSourcePrivateIPv4": f"{address}/32"},
    }


def _with_tags(tags: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return {"StringEquals": {f"aws:ResourceTag/{key}": tags[key] for key in sorted(tags)}}


def _key_use(region: str, name: str, action: str, bucket_arn: str) -> Statement:
    """Allow one use of a key, through S3 and for this bucket's objects.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    return allow(
        name,
        action,
        f"arn:{partitions.partition(region)}:kms:{region}:*:key/*",
        {
            "StringEquals": {"kms:ViaService": partitions.service_host(region, "s3")},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
        },
    )


def _identifier(host_name: str) -> str:
    """Return a host name in the letters and digits that a statement's name takes."""
    return "".join(part.capitalize() for part in host_name.split("-"))
