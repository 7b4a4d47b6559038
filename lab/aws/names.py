"""How the nodes find the endpoint: by AWS's own name, where private DNS is on."""

from lab.vpc.snapshot import Snapshot, address_of
from ops.cluster import Cluster


def api_name(region: str) -> str:
    """Return the name of the EC2 API that every SDK uses."""
    return f"ec2.{region}.amazonaws.com"


def hosts_file(cluster: Cluster, snapshot: Snapshot) -> str:
    """Return the nodes' /etc/hosts: themselves, and what the VPC's resolver would answer.

    Private DNS needs both attributes of the VPC:
    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    lines = ["127.0.0.1 localhost"]
    lines += [f"{node.private_ip} {node.name}" for node in cluster.nodes]
    for endpoint in snapshot.endpoints:
        private = endpoint.get("PrivateDnsEnabled") and all(snapshot.dns.values())
        if private and endpoint["VpcEndpointId"] == cluster.endpoint_ids.get("ec2"):
            found = map(snapshot.interface, endpoint["NetworkInterfaceIds"])
            lines += [f"{address_of(each)} {api_name(cluster.region)}" for each in found if each]
    return "".join(f"{line}\n" for line in lines)
