"""Managed prefix lists and their stand-alone entries.

Upstream: internal/service/ec2/vpc_managed_prefix_list.go and ..._entry.go of
hashicorp/terraform-provider-aws.
"""

import ipaddress
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import number, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import length, one_of
from sandbox.provider.wire import Properties

_MODIFY = "ModifyManagedPrefixList"


def _range(value: Any) -> str | None:
    """Accept a range as upstream's `IsCIDR`: host bits may be set."""
    try:
        ipaddress.ip_interface(value)
    except ValueError:
        return "be a range such as 10.0.0.0/16"
    return None if "/" in value else "be a range such as 10.0.0.0/16"


def _at_least_one(value: Any) -> str | None:
    return None if value >= 1 else "be at least 1"


_DESCRIPTION = string(valid=(length(0, 255),))


class ManagedPrefixList(Resource):
    """A named set of ranges for routes and security group rules."""

    pulumi_name = "aws:ec2/managedPrefixList:ManagedPrefixList"
    noun = "EC2 Managed Prefix List"
    properties: ClassVar = {
        "addressFamily": string(required=True, replaces=True, valid=(one_of("IPv4", "IPv6"),)),
        "arn": string(output=True),
        "entries": set_of(
            object_of(
                {
                    "cidr": string(required=True, valid=(_range,)),
                    "description": _DESCRIPTION,
                }
            ),
            computed=True,
        ),
        "maxEntries": number(required=True, valid=(_at_least_one,)),
        "name": string(required=True, named=True, valid=(length(1, 255),)),
        "ownerId": string(output=True),
        "version": number(output=True, unknown_after=("entries",)),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the list with its entries."""
        entries: list[Properties] = inputs.get("entries") or []
        operation = "CreateManagedPrefixList"
        _refuse_entries(operation, inputs["addressFamily"], inputs["maxEntries"], entries)
        answer = cloud.ec2.create_managed_prefix_list(
            PrefixListName=inputs["name"],
            AddressFamily=inputs["addressFamily"],
            MaxEntries=inputs["maxEntries"],
            Entries=[_to_aws(each) for each in entries],
            TagSpecifications=specification("prefix-list", inputs),
        )
        return answer["PrefixList"]["PrefixListId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the list and its entries."""
        del known
        found = find_list(cloud, identity)
        return found and {
            "addressFamily": found["AddressFamily"],
            "arn": found["PrefixListArn"],
            "entries": [_from_aws(each) for each in entries_of(cloud, identity)],
            "maxEntries": found.get("MaxEntries"),
            "name": found["PrefixListName"],
            "ownerId": found["OwnerId"],
            "version": found.get("Version"),
            "tags": from_aws(found.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change name and entries; moto cannot change the list's size."""
        if change.touches("maxEntries"):
            words = (
                "the sandbox cannot change maxEntries of a prefix list, as AWS can; replace the "
                "list with `pulumi up --replace URN`"
            )
            refuse(_MODIFY, "UnsupportedOperation", words)
        if not change.touches("entries", "name"):
            return
        old: list[Properties] = change.state.get("entries") or []
        new: list[Properties] = change.inputs.get("entries") or []
        new = new if change.touches("entries") else old
        added = [each for each in new if _key(each) not in map(_key, old)]
        removed = [each for each in old if _key(each) not in map(_key, new)]
        live = require_list(cloud, identity)
        _refuse_entries(_MODIFY, live["AddressFamily"], live["MaxEntries"], new)
        name = change.inputs["name"]
        # AWS takes no range that is added and removed in one request: a new description is both.
        modify_entries(cloud, identity, [], removed, name)
        modify_entries(cloud, identity, added, [], name)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the list unless a rule or a route names it."""
        del state
        if find_list(cloud, identity) is None:
            return
        if _in_use(cloud, identity):
            words = f"The prefix list '{identity}' is in use and cannot be deleted."
            refuse("DeleteManagedPrefixList", "DependencyViolation", words)
        cloud.ec2.delete_managed_prefix_list(PrefixListId=identity)


class ManagedPrefixListEntry(Resource):
    """One range of a list that is declared elsewhere."""

    pulumi_name = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
    noun = "VPC Managed Prefix List Entry"
    properties: ClassVar = {
        "cidr": string(required=True, replaces=True, valid=(_range,)),
        "description": string(replaces=True, valid=(length(0, 255),)),
        "prefixListId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Add the entry to its list."""
        identity = inputs["prefixListId"]
        live = require_list(cloud, identity)
        present = [_from_aws(each) for each in entries_of(cloud, identity)]
        if inputs["cidr"] in [each["cidr"] for each in present]:
            words = f"The CIDR {inputs['cidr']} already exists in the prefix list {identity}."
            refuse(_MODIFY, "InvalidPrefixListModification", words)
        _refuse_entries(_MODIFY, live["AddressFamily"], live["MaxEntries"], [*present, inputs])
        modify_entries(cloud, identity, [inputs], [], live["PrefixListName"])
        return f"{identity},{inputs['cidr']}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Find the entry in its list."""
        del known
        prefix_list, _, cidr = identity.partition(",")
        if find_list(cloud, prefix_list) is None:
            return None
        entries = (_from_aws(each) for each in entries_of(cloud, prefix_list))
        found = next((each for each in entries if each["cidr"] == cidr), None)
        return found and {**found, "prefixListId": prefix_list}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Remove the entry from its list."""
        prefix_list = state["prefixListId"]
        live = find_list(cloud, prefix_list)
        if live and self.read(cloud, identity, state):
            modify_entries(cloud, prefix_list, [], [state], live["PrefixListName"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `PREFIXLISTID,CIDR` apart."""
        del cloud
        prefix_list, _, cidr = import_id.partition(",")
        if not prefix_list or not cidr or "," in cidr:
            raise ValueError(
                f"unexpected format for ID ({import_id}), expected prefix-list-id,cidr-block"
            )
        return import_id, {"prefixListId": prefix_list, "cidr": cidr}


def find_list(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Describe a prefix list; moto shows a deleted one once or twice more."""
    listing = ("describe_managed_prefix_lists", "PrefixLists")
    found = cloud.find(*listing, PrefixListIds=[identity])
    return None if found is None or found["State"] == "delete-complete" else found


def require_list(cloud: Cloud, identity: str) -> dict[str, Any]:
    """Describe a prefix list, or refuse when there is none."""
    found = find_list(cloud, identity)
    if found is None:
        words = f"The prefix list ID '{identity}' does not exist"
        refuse(_MODIFY, "InvalidPrefixListID.NotFound", words)
    return found


def entries_of(cloud: Cloud, identity: str) -> list[dict[str, Any]]:
    """List the entries of a prefix list."""
    return cloud.ec2.get_managed_prefix_list_entries(PrefixListId=identity)["Entries"]


def modify_entries(
    cloud: Cloud, identity: str, added: list[Any], removed: list[Any], name: str
) -> None:
    """Add and remove entries; moto forgets the name of a list unless it is given again."""
    live = require_list(cloud, identity)
    if not added and not removed and live["PrefixListName"] == name:
        return
    cloud.ec2.modify_managed_prefix_list(
        PrefixListId=identity,
        PrefixListName=name,
        CurrentVersion=live["Version"],
        AddEntries=[_to_aws(each) for each in added],
        RemoveEntries=[{"Cidr": each["cidr"]} for each in removed],
    )


def _refuse_entries(operation: str, family: str, most: int, entries: list[Any]) -> None:
    if len(entries) > most:
        words = f"You've reached the maximum number of entries for the prefix list ({most})."
        refuse(operation, "PrefixListMaxEntriesExceeded", words)
    seen: set[str] = set()
    for each in entries:
        cidr = each["cidr"]
        if f"IPv{ipaddress.ip_interface(cidr).version}" != family:
            words = f"The CIDR {cidr} is not of the address family {family}."
            refuse(operation, "InvalidParameterValue", words)
        if cidr in seen:
            words = f"The CIDR {cidr} must not appear multiple times."
            refuse(operation, "InvalidParameterValue", words)
        seen.add(cidr)


def _in_use(cloud: Cloud, identity: str) -> bool:
    rules = cloud.list_all("describe_security_group_rules", "SecurityGroupRules")
    tables = cloud.list_all("describe_route_tables", "RouteTables")
    routes = [route for table in tables for route in table["Routes"]]
    named = [each.get("PrefixListId") for each in rules]
    return identity in (*named, *(each.get("DestinationPrefixListId") for each in routes))


def _key(entry: Properties) -> tuple[str, str]:
    return entry["cidr"], entry.get("description") or ""


def _to_aws(entry: Properties) -> dict[str, str]:
    description = entry.get("description")
    return {"Cidr": entry["cidr"], **({"Description": description} if description else {})}


def _from_aws(entry: dict[str, Any]) -> Properties:
    return {"cidr": entry["Cidr"], "description": entry.get("Description", "")}
