from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OFFICE = {"cidr": "10.1.0.0/16", "description": "office"}


@pytest.fixture
def prefixes(aws: Instance) -> Created:
    return aws.create(
        LIST, name="clients", addressFamily="IPv4", maxEntries=3, entries=[OFFICE],
        tags={"a": "b"},
    )  # fmt: skip


def live(ec2: Any, identity: str) -> list[dict[str, str]]:
    return ec2.get_managed_prefix_list_entries(PrefixListId=identity)["Entries"]


def test_a_list_is_described_in_full(prefixes: Created) -> None:
    assert prefixes["arn"].endswith(f":123456789012:prefix-list/{prefixes.id}")
    assert prefixes["entries"] == [OFFICE]
    assert (prefixes["version"], prefixes["maxEntries"], prefixes["name"]) == (1, 3, "clients")
    assert prefixes["ownerId"] == "123456789012"
    assert prefixes["tagsAll"] == {"a": "b"}


def test_a_list_without_a_name_is_named_after_the_resource(aws: Instance) -> None:
    made = aws.create(LIST, "clients", addressFamily="IPv4", maxEntries=1)
    assert made["name"].startswith("clients-")
    assert made["entries"] == []


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(LIST, name="x", addressFamily="IPv4", maxEntries=1)
    assert unknowns(outputs) == {"arn", "entries", "id", "ownerId", "version"}


CHANGES = [
    ({"addressFamily": "IPv6"}, {"addressFamily"}, {"addressFamily"}),
    ({"region": "us-west-2"}, {"region"}, {"region"}),
    ({"name": "other"}, {"name"}, set()),
    ({"maxEntries": 5}, {"maxEntries"}, set()),
    ({"entries": [{"cidr": "10.1.0.0/16"}]}, {"entries"}, set()),
    ({"entries": None}, set(), set()),
    ({"tags": None}, {"tags", "tagsAll"}, set()),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    prefixes: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = prefixes.diff(**change)
    assert (set(diff.names), set(diff.replaces)) == (names, replaces)


def test_entries_come_go_and_change_their_description(ec2: Any, prefixes: Created) -> None:
    home = {"cidr": "10.2.0.0/16", "description": ""}
    both = prefixes.update(entries=[home, {**OFFICE, "description": "main office"}])
    assert both["version"] > prefixes["version"]
    assert {each["Cidr"]: each.get("Description") for each in live(ec2, prefixes.id)} == {
        "10.1.0.0/16": "main office",
        "10.2.0.0/16": None,
    }
    assert both.update(entries=[home])["entries"] == [home]


def test_a_name_changes_in_place(prefixes: Created) -> None:
    updated = prefixes.update(name="others")
    assert (updated["name"], updated["entries"]) == ("others", [OFFICE])


def test_the_size_cannot_be_changed_here(prefixes: Created) -> None:
    with pytest.raises(FailedError, match="cannot change maxEntries of a prefix list"):
        prefixes.update(maxEntries=5)


def test_an_import_by_id_yields_the_inputs(aws: Instance, prefixes: Created) -> None:
    found = aws.read(LIST, prefixes.id)
    assert found is not None
    assert found.given == prefixes.given
    assert found.diff().names == []


def test_a_refresh_shows_what_somebody_added(ec2: Any, prefixes: Created) -> None:
    ec2.modify_managed_prefix_list(
        PrefixListId=prefixes.id,
        PrefixListName="clients",
        CurrentVersion=1,
        AddEntries=[{"Cidr": "10.9.0.0/16"}],
    )
    found = prefixes.refresh()
    assert found is not None
    assert [each["cidr"] for each in found.inputs["entries"]] == ["10.1.0.0/16", "10.9.0.0/16"]


def test_delete_removes_the_list(aws: Instance, prefixes: Created) -> None:
    prefixes.delete()
    assert aws.read(LIST, prefixes.id) is None
    prefixes.delete()


def test_a_list_that_a_rule_names_is_not_deleted(aws: Instance, prefixes: Created) -> None:
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/16")
    rule = {"fromPort": 1, "toPort": 1, "protocol": "tcp", "prefixListIds": [prefixes.id]}
    group = aws.create(GROUP, vpcId=vpc.id, ingress=[{**rule, "description": "clients"}])
    assert group.diff().names == []
    with pytest.raises(FailedError, match="DependencyViolation"):
        prefixes.delete()
    group.update(ingress=[])
    prefixes.delete()


FAULTS = [
    ({"addressFamily": "ipv4"}, "addressFamily", "be one of 'IPv4', 'IPv6'"),
    ({"addressFamily": None}, "addressFamily", "is required"),
    ({"maxEntries": None}, "maxEntries", "is required"),
    ({"maxEntries": 0}, "maxEntries", "be at least 1"),
    ({"name": ""}, "name", "1 to 255 characters"),
    ({"entries": [{"description": "x"}]}, "entries[0].cidr", "is required"),
    ({"entries": [{"cidr": "10.0.0.0"}]}, "entries[0].cidr", "be a range"),
    ({"entries": [{"cidr": "300.0.0.0/8"}]}, "entries[0].cidr", "be a range"),
    ({"version": 2}, "version", "decided by AWS"),
]


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    whole = {"name": "x", "addressFamily": "IPv4", "maxEntries": 1, **given}
    assert reason in aws.failures(LIST, **whole)[path]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([OFFICE, {"cidr": "10.2.0.0/16"}], "PrefixListMaxEntriesExceeded"),
        ([{"cidr": "2001:db8::/32"}], "is not of the address family IPv4"),
    ],
)
def test_aws_refuses(aws: Instance, entries: list[dict[str, str]], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        aws.create(LIST, name="x", addressFamily="IPv4", maxEntries=1, entries=entries)


def test_an_entry_on_its_own_joins_the_list_and_leaves_it(
    aws: Instance, ec2: Any, prefixes: Created
) -> None:
    entry = aws.create(ENTRY, prefixListId=prefixes.id, cidr="10.2.0.0/16", description="home")
    assert entry.id == f"{prefixes.id},10.2.0.0/16"
    assert {"Cidr": "10.2.0.0/16", "Description": "home"} in live(ec2, prefixes.id)
    for name, value in {"cidr": "10.3.0.0/16", "description": "x", "prefixListId": "pl-1"}.items():
        assert entry.diff(**{name: value}).replaces == [name]
    found = aws.read(ENTRY, entry.id)
    assert found is not None
    assert found.given == entry.given
    with pytest.raises(FailedError, match="InvalidPrefixListModification"):
        aws.create(ENTRY, prefixListId=prefixes.id, cidr="10.2.0.0/16")
    entry.delete()
    assert entry.refresh() is None
    assert [each["Cidr"] for each in live(ec2, prefixes.id)] == ["10.1.0.0/16"]
    entry.delete()


def test_an_entry_needs_a_list_and_a_well_formed_id(aws: Instance) -> None:
    with pytest.raises(
        FailedError, match=r"InvalidPrefixListID\.NotFound: The prefix list ID 'pl-0'"
    ):
        aws.create(ENTRY, prefixListId="pl-0", cidr="10.0.0.0/8")
    with pytest.raises(FailedError, match=r"unexpected format for ID \(pl-0\), expected prefix-"):
        aws.read(ENTRY, "pl-0")
    assert unknowns(aws.preview(ENTRY, prefixListId=UNKNOWN, cidr="10.0.0.0/8")) == {
        "id", "prefixListId",
    }  # fmt: skip
