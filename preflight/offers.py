"""What AWS offers in the stack's region and zones: images, instance types, the API's endpoint."""

from collections.abc import Iterator, Sequence

import pulumi
import pulumi_aws as aws

from components.partitions import endpoint_service
from settings import Fault, Settings

from .faults import NAMESPACE, fault
from .live_cluster import LiveCluster


def resolve_image(image: str) -> str:
    """Return an image's id: itself, or the value of the SSM parameter that is named.

    Raises RunError where the parameter cannot be read.
    """
    if not image.startswith("/"):
        return image
    try:
        return aws.ssm.get_parameter(name=image).insecure_value
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        raise pulumi.RunError(f"{NAMESPACE}:nodes.image is {image}: {error}") from None


def launch_faults(settings: Settings, image_id: str) -> Iterator[Fault]:
    """Yield why AWS would not launch an instance of this image and type in both zones.

    RunInstances says so only after the old instance is terminated.
    """
    nodes, zones = settings.nodes, settings.network.node_zones.values()
    try:
        kind = aws.ec2.get_instance_type(instance_type=nodes.instance_type)
        offers = aws.ec2.get_instance_type_offerings(
            filters=[{"name": "instance-type", "values": [nodes.instance_type]}],
            location_type="availability-zone",
        )
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        yield fault("nodes.instanceType", nodes.instance_type, f"name another: {error}")
        return
    missing = sorted(set(zones) - set(offers.locations))
    if missing:
        yield fault(
            "nodes.instanceType",
            nodes.instance_type,
            f"name a type that AWS offers in {' and '.join(missing)} too, or other zones: it is "
            f"offered in {', '.join(sorted(offers.locations))}",
        )
    if settings.nodes.os == "windows" and kind.hypervisor == "xen":
        remedy = "name a type on Nitro: on Xen a Windows node cannot find its disk by the volume"
        yield fault("nodes.instanceType", nodes.instance_type, remedy)
    yield from _image_faults(settings, image_id, kind.supported_architectures)


def hypervisor_faults(settings: Settings, live: LiveCluster) -> Iterator[Fault]:
    """Yield a change between Xen and Nitro under a live cluster: its disks get other names."""
    wanted = settings.nodes.instance_type
    types = {node.instance.instance_type for node in live.nodes.values() if node.instance}
    for present in sorted(types - {wanted}):
        found = [_hypervisor(each) for each in (present, wanted)]
        if None not in found and found[0] != found[1]:
            remedy = (
                f"name a type on {found[0]}, like {present}: on {found[1]} the partitions that the "
                "cluster's configuration names do not exist"
            )
            yield fault("nodes.instanceType", wanted, remedy)
            return


def _hypervisor(instance_type: str) -> str | None:
    """Return `xen` or `nitro`; None for a type that AWS does not know, reported elsewhere.

    Bare metal has no hypervisor, and the disks of Nitro.
    """
    try:
        return aws.ec2.get_instance_type(instance_type=instance_type).hypervisor or "nitro"
    except Exception:  # noqa: BLE001 - the SDK raises nothing narrower
        return None


def _image_faults(
    settings: Settings, image_id: str, architectures: Sequence[str]
) -> Iterator[Fault]:
    given = settings.nodes.image
    shown = given if given == image_id else f"{given} ({image_id})"
    try:
        # A deprecated image can still be launched. The id names one image, whoever owns it.
        image = aws.ec2.get_ami(
            filters=[{"name": "image-id", "values": [image_id]}],
            include_deprecated=True,
            allow_unsafe_filter=True,
        )
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        remedy = f"name an image that this account can use in {settings.region}: {error}"
        yield fault("nodes.image", shown, remedy)
        return
    system = "windows" if image.platform == "windows" else "linux"
    if image.state != "available":
        yield fault("nodes.image", shown, f"wait until it is available: it is {image.state}")
    if system != settings.nodes.os:
        yield fault("nodes.image", shown, f"name an image of nodes.os, {settings.nodes.os}")
    if image.architecture not in architectures:
        yield fault(
            "nodes.image",
            shown,
            f"name an image for {' or '.join(architectures)}, which is what "
            f"{settings.nodes.instance_type} runs: this one is for {image.architecture}",
        )


def placement_faults(settings: Settings, *, is_new: bool) -> Iterator[Fault]:
    """Yield the zones in which a service has no endpoint; that shows when the nodes exist.

    A cluster that `is_new` needs the EC2 API as well; a live one has its endpoint. A gateway, as
    to S3, stands in no zone.
    """
    for service in (*(["ec2"] if is_new else []), *settings.endpoints):
        if service == "s3":
            continue
        yield from _service_faults(settings, endpoint_service(settings.region, service))


def _service_faults(settings: Settings, name: str) -> Iterator[Fault]:
    try:
        service = aws.ec2.get_vpc_endpoint_service(service_name=name, service_type="Interface")
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        remedy = f"choose a region that has the endpoint service {name}: {error}"
        yield Fault("aws:region", settings.region, remedy)
        return
    if not service.availability_zones:
        return
    for letter, zone in settings.network.node_zones.items():
        if zone not in service.availability_zones:
            offered = ", ".join(sorted(service.availability_zones))
            yield fault(f"network.zones.{letter}", zone, f"{name} is offered in {offered}")
