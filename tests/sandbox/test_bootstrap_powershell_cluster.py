"""How a Windows node joins its cluster: what it compares and pushes, read from the syntax tree.

test_bootstrap_powershell.py has the rest of the script.
"""

import re
from xml.etree import ElementTree as ET

import pytest
from tree_sitter import Node

from components.bootstrap.windows import windows_script
from tests.support.powershell import (
    ancestors,
    assigned,
    commands,
    conditions,
    every,
    filled,
    function_of,
    functions,
    name_of,
    parse,
    pushes,
    text,
    tool_commands,
    words_of,
)
from tests.support.windows import ADDRESSES, cluster, front, node, rendered, selected

CLUSTER = windows_script(node(), cluster())


@pytest.fixture(scope="module")
def tree() -> Node:
    return parse(CLUSTER)


def compared(tree: Node, host_name: str) -> dict[str, str]:
    """The XPaths of what a configuration says of a server, by their names in messages."""
    source = text(functions(tree)["Get-Own"])
    server, device, own, resource = re.findall(r'= "([^"]*)"', source)
    (devices,) = re.findall(r"foreach \(\$id in ([\d, ]+)\)", source)
    values = {"NodeName": host_name}
    values["server"] = filled(server, values)
    found = {
        f"address of device {number}": filled(device, {**values, "id": number})
        for number in devices.split(", ")
    }
    (table,) = re.findall(r"\$keys = \[ordered\]@\{(.*)\}", source)
    for entry in table.split("; "):
        kind, _, keys = entry.partition(" = ")
        for key in re.findall(r"'(\w+)'", keys):
            values |= {"type": kind, "key": key}
            found[key] = filled(resource, {**values, "own": filled(own, values)})
    return found


def test_every_configuration_that_is_pushed_to_both_is_free_of_placeholders(tree: Node) -> None:
    assert [(function_of(each), words_of(each)[1:]) for each in pushes(tree)] == [
        ("Copy-Conf", ["'--push'", "'-w'", "'-h'", "$OwnAddress", "'-x'", "$folder"]),
        ("Join-Cluster", ["'--push'", "'-w'", "'-x'", '"$Base\\conf"']),
    ]
    check = "if ($Placeholders | Where-Object { $text.Contains($_) }) { throw "
    write = text(functions(tree)["Write-Conf"])
    assert 0 < write.index("-ne 4) { throw ") < write.index(check) < write.index("WriteAllText")
    both = pushes(functions(tree)["Join-Cluster"])[0]
    (first,) = [
        each for each in ancestors(both, "if_statement") if text(each.children[2]) == "$First"
    ]
    steps = [text(each) for each in first.children[4].children[1].children]
    assert steps[0] == 'Write-Conf "$Base\\conf" $peer.guids'
    assert len(steps) == 2


def test_only_the_instance_that_made_the_partitions_pushes_to_both(tree: Node) -> None:
    join = functions(tree)["Join-Cluster"]
    assert text(assigned(join, "$replaced")) == (
        "$replaced = -not $resumed -and"
        " ($peer.state -ne 'prepared' -or ($First -and -not (Test-Made)))"
    )
    (both,) = pushes(join)
    (clause,) = ancestors(both, "elseif_clause")
    assert text(clause.children[2]) == "-not $resumed"
    (choice,) = ancestors(clause, "if_statement")
    assert text(choice.children[2]) == "$replaced"
    assert text(functions(tree)["Test-Made"].children[3]).splitlines() == [
        '$made = "$Base\\made-$Serial"',
        "    (Test-Path $made) -and (Get-Content $made) -ceq (Get-Instance)",
    ]


def test_what_a_partition_was_made_by_is_noted_before_it_is_formatted(tree: Node) -> None:
    (format_volume,) = commands(tree, "Format-Volume")
    block = ancestors(format_volume, "statement_list")[0]
    assert text(block.children[0]) == 'Set-Content "$Base\\made-$Serial" (Get-Instance)'
    named = [each for each in every(tree, "command") if "made-$Serial" in " ".join(words_of(each))]
    assert [(function_of(each), name_of(each)) for each in named] == [
        ("Initialize-Mirror", "Set-Content"),
        ("Join-Cluster", "Remove-Item"),
    ]
    steps = text(functions(tree)["Join-Cluster"])
    assert (
        steps.index("Assert-Own $Conf")
        < steps.index('Remove-Item "$Base\\made-$Serial"')
        < steps.index("Publish-State 'configured'")
    )


def test_without_the_peer_s_configuration_a_node_stops_and_says_what_to_do_by_hand(
    tree: Node,
) -> None:
    copy = functions(tree)["Copy-Conf"]
    (pull,) = [each for each in commands(copy, "Invoke-Tool") if "'--pull'" in words_of(each)]
    assert words_of(pull)[-1] == "-Try"
    steps = text(copy)
    # What an earlier run pulled is not taken for an answer.
    assert steps.index("Remove-Item $folder -Recurse") < steps.index("'--pull'")
    (missing,) = every(copy, "if_statement")
    assert text(missing.children[2]) == '$Code -or -not (Test-Conf "$folder\\clp.conf")'
    written, stopped = missing.children[4].children[1].children
    assert text(written) == 'Write-Conf "$Base\\conf" $PeerGuids'
    assert text(stopped).startswith('throw "A cluster may exist, ')
    for by_hand in (
        "clpcfctrl --pull -x DIR",
        "clpcfctrl --push -w -h $OwnAddress -x DIR",
        "clpcfctrl --push -w -x $Base\\conf",
    ):
        assert by_hand in text(stopped)
    (own,) = pushes(copy)
    assert missing.end_byte < own.start_byte


def test_no_configuration_is_used_that_gives_the_node_what_it_has_not(tree: Node) -> None:
    copy, join = text(functions(tree)["Copy-Conf"]), text(functions(tree)["Join-Cluster"])
    assert copy.index('Assert-Own "$folder\\clp.conf"') < copy.index("'--push'")
    assert (
        join.index("'--push'") < join.index("Assert-Own $Conf") < join.index("Invoke-Tool clpcl ")
    )
    (message,) = every(functions(tree)["Assert-Own"], "flow_control_statement")
    assert "gives this node: $wrong. The node has: $right." in text(message)
    assert "Change it on the peer first, as docs/runbook.md (Change a node's address)" in text(
        message
    )
    assert text(ancestors(message, "if_statement")[0].children[2]) == "$wrong"


def test_what_is_compared_is_the_node_s_own_address_interface_drives_and_volumes(
    tree: Node,
) -> None:
    root = ET.fromstring(rendered(ADDRESSES))
    found = {name: selected(root, path) for name, path in compared(tree, "node-b").items()}
    assert found == {
        "address of device 0": ["10.0.120.10"],
        "address of device 400": ["10.0.120.10", "10.0.120.10"],
        "eniid": ["eni-0123456789abcdef1"],
        "volumemountpoint": ["E"],
        "cpvolumemountpoint": ["X"],
        "volumeguid": ["GUID-OF-DATA-PARTITION-OF-node-b"],
        "cpvolumeguid": ["GUID-OF-CLUSTER-PARTITION-OF-node-b"],
    }
    # The first server's interface is that of all servers that have none of their own.
    path = compared(tree, "node-a")["eniid"]
    assert selected(root, path) == ["eni-0123456789abcdef0"]


def test_a_configuration_from_before_the_node_had_a_new_address_gives_it_the_old_ones(
    tree: Node,
) -> None:
    now = ET.fromstring(rendered({**ADDRESSES, "node-b": "10.0.120.99"}))
    before = ET.fromstring(rendered(ADDRESSES).replace("abcdef1<", "abcdef9<"))
    paths = compared(tree, "node-b")
    differ = {name for name, path in paths.items() if selected(now, path) != selected(before, path)}
    assert differ == {"address of device 0", "address of device 400", "eniid"}
    # The other node sees no difference.
    for path in compared(tree, "node-a").values():
        assert selected(now, path) == selected(before, path)


def test_what_the_node_has_is_the_stack_s_configuration_with_its_own_volumes(tree: Node) -> None:
    assert "$own = Get-Own (Get-Conf $Guids)" in text(functions(tree)["Assert-Own"])
    values = front(CLUSTER)
    assert values["Placeholders"].split(", ")[:2] == [
        "@('GUID-OF-DATA-PARTITION-OF-node-a'",
        "'GUID-OF-CLUSTER-PARTITION-OF-node-a'",
    ]
    assert "$script:Guids = @((Get-Guid $parts[1]), (Get-Guid $parts[0]))" in CLUSTER


def test_an_object_of_another_volume_is_not_the_peer_s(tree: Node) -> None:
    publish, read = text(functions(tree)["Publish-State"]), text(functions(tree)["Read-Peer"])
    assert "@{volume = $Serial; guids = $Guids; state = $State}" in publish
    assert read.splitlines()[-2].strip() == (
        "if ($peer.volume -ceq $PeerSerial -and (-not $State -or $peer.state -eq $State)) { $peer }"
    )
    # What the peer publishes as its own is what this node looks for.
    peer = front(windows_script(node("node-b"), cluster()))
    assert front(CLUSTER)["PeerSerial"] == peer["Serial"]
    assert peer["PeerSerial"] == front(CLUSTER)["Serial"]


def test_waiting_for_an_object_that_may_not_be_read_ends_after_thirty_looks(tree: Node) -> None:
    read = functions(tree)["Read-Peer"]
    assert text(assigned(read, "$script:Denied")) == (
        "$script:Denied = if ($Answer -match '\\(403\\)|AccessDenied') { $Denied + 1 } else { 0 }"
    )
    (message,) = [
        each for each in every(read, "flow_control_statement") if text(each).startswith("throw")
    ]
    assert conditions(message) == ["$Denied -ge 30"]
    assert text(message).startswith('throw "This node may not read ${PeerObject}: $Answer. ')
    # An object that is missing has another number, and the wait goes on.
    pattern = re.compile(r"\(403\)|AccessDenied")
    head = "fatal error: An error occurred ({}) when calling the HeadObject operation: {}"
    assert not pattern.search(head.format(404, 'Key "exchange/node-b.json" does not exist'))
    assert pattern.search(head.format(403, "Forbidden"))


def test_an_object_is_fetched_and_written_for_ten_minutes(tree: Node) -> None:
    (waits,) = commands(functions(tree)["Copy-Object"], "Wait-For")
    assert words_of(waits) == ["600", "{ Copy-Once $From $To }"]
    called = commands(tree, "Copy-Object")
    assert [(function_of(each), words_of(each)[0]) for each in called] == [
        ("Publish-State", '"$Base\\own.json"'),
        ("Install-Product", "$Package"),
        ("Register-Licence", "$licence"),
    ]
    assert [function_of(each) for each in tool_commands(tree, "aws", "'s3'")] == ["Copy-Once"]
