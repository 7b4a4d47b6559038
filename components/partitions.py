"""What differs between AWS's partitions: names of endpoint services and service principals.

Pure. Commercial and GovCloud regions share both; China has its own:
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
"""

# Isolated and sovereign regions, where neither name follows from that of the region and no source
# for them is public.
_UNSUPPORTED = ("us-iso", "eu-iso", "eusc-")


def is_supported(region: str) -> bool:
    """Tell whether the names for this region are known."""
    return not region.startswith(_UNSUPPORTED)


def endpoint_service(region: str, service: str) -> str:
    """Return the name of a service's interface endpoint: `com.amazonaws.us-east-1.ec2`."""
    prefix = "cn." if _is_china(region) else ""
    return f"{prefix}com.amazonaws.{region}.{service}"


def service_principal(region: str, service: str) -> str:
    """Return the principal under which a service takes on a role: `ec2.amazonaws.com`."""
    suffix = ".cn" if _is_china(region) else ""
    return f"{service}.amazonaws.com{suffix}"


def _is_china(region: str) -> bool:
    return region.startswith("cn-")
