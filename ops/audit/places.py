"""Which VPC the subject of a finding is in, so that an audit of one VPC reports no other."""

from collections.abc import Iterable, Iterator

from ops.audit.inventory import ID_FIELDS, Inventory, Record, instances


class Places:
    """Knows the VPCs of everything that was read, by id."""

    def __init__(self, inventories: Iterable[Inventory]) -> None:
        self._vpcs: dict[str, set[str]] = {}
        for inventory in inventories:
            for key, vpc in _placed(inventory):
                self._vpcs.setdefault(key, set()).add(vpc)

    def concerns(self, subject: str, vpc: str) -> bool:
        """Tell whether a subject is in a VPC; one of which no place is known concerns each.

        Subjects are ids, routes (`rtb-..._0.0.0.0/0`), or virtual IPs (`20.0.0.100 in vpc-...`).
        """
        key = subject.rpartition(" in ")[2].partition("_")[0]
        return vpc in self._vpcs.get(key, {vpc})


def _placed(inventory: Inventory) -> Iterator[tuple[str, str]]:
    for operation, name in ID_FIELDS.items():
        for record in inventory.found(operation):
            yield from ((record[name], vpc) for vpc in _vpcs_of(record))
    for instance in instances(inventory):
        yield from ((instance["InstanceId"], vpc) for vpc in _vpcs_of(instance))
    subnets = {each["SubnetId"]: each["VpcId"] for each in inventory.found("describe_subnets")}
    for each in inventory.found("describe_vpc_block_public_access_exclusions"):
        identity = each["ResourceArn"].rpartition("/")[2]
        yield each["ExclusionId"], subnets.get(identity, identity)


def _vpcs_of(record: Record) -> Iterator[str]:
    sides = (record, record.get("RequesterVpcInfo"), record.get("AccepterVpcInfo"))
    yield from (side["VpcId"] for side in sides if side and side.get("VpcId"))
