"""What differs between AWS's partitions: names of endpoint services, principals, hosts and ARNs.

Pure. Commercial and GovCloud regions share most; China has its own:
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
"""

# Isolated and sovereign regions, where neither name follows from that of the region and no source
# for them is public.
_UNSUPPORTED = ("us-iso", "eu-iso", "eusc-")


def is_supported(region: str) -> bool:
    """Tell whether the names for this region are known."""
    return not region.startswith(_UNSUPPORTED)


def partition(region: str) -> str:
    """Return the second part of every ARN of a region: `aws`, `aws-cn` or `aws-us-gov`."""
    if _is_china(region):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def bucket_arn(region: str, bucket: str) -> str:
    """Return the ARN of a bucket."""
    return f"arn:{partition(region)}:s3:::{bucket}"


def endpoint_service(region: str, service: str) -> str:
    """Return the name of a service's interface endpoint: `com.amazonaws.us-east-1.ec2`."""
    prefix = "cn." if _is_china(region) else ""
    return f"{prefix}com.amazonaws.{region}.{service}"


def gateway_service(region: str, service: str) -> str:
    """Return the name of a service's gateway endpoint: `com.amazonaws.us-east-1.s3`, China too.

    https://docs.amazonaws.cn/en_us/vpc/latest/privatelink/vpc-endpoints-s3.html
    """
    return f"com.amazonaws.{region}.{service}"


def service_host(region: str, service: str) -> str:
    """Return the host under which a region offers a service: `s3.us-east-1.amazonaws.com`."""
    return f"{service}.{region}.amazonaws.com{_suffix(region)}"


def instance_principal(region: str) -> str:
    """Return the principal under which instances take on a role: `ec2.amazonaws.com`.

    China has its own principals for EC2 and S3. Most other services, flow logs for example, have
    the common principal there too (terraform-provider-aws #46209).
    """
    return f"ec2.amazonaws.com{_suffix(region)}"


def _suffix(region: str) -> str:
    return ".cn" if _is_china(region) else ""


def _is_china(region: str) -> bool:
    return region.startswith("cn-")
