"""The Windows boot script, read by a grammar of PowerShell: no PowerShell can be had here.

The syntax tree shows what the script can do on every path; it does not show what Windows answers.
"""

import re

import pytest
from tree_sitter import Node

from components.bootstrap.windows import windows_script, windows_user_data
from tests.support.powershell import (
    ancestors,
    commands,
    conditions,
    every,
    faults,
    function_of,
    functions,
    name_of,
    parse,
    text,
    variable,
    words_of,
)
from tests.support.windows import cluster, front, node

CLUSTER = windows_script(node(), cluster())
# Set by PowerShell itself; a script may read these and must assign none of the others.
READABLE = {"_", "true", "false", "matches", "lastexitcode"}
AUTOMATIC = READABLE | {
    *("args", "consolefilename", "error", "event", "executioncontext", "foreach", "home", "host"),
    *("input", "iscoreclr", "islinux", "ismacos", "iswindows", "myinvocation", "nestedpromptlevel"),
    *("null", "pid", "profile", "psboundparameters", "pscmdlet", "pscommandpath", "psculture"),
    *("pshome", "psitem", "psscriptroot", "psuiculture", "psversiontable", "pwd", "sender"),
    *("shellid", "stacktrace", "switch", "this"),
}
CMDLETS = {
    *("Add-Content", "Add-Type", "ConvertFrom-Json", "ConvertTo-Json", "Expand-Archive"),
    *("ForEach-Object", "Format-Volume", "Get-ChildItem", "Get-Command", "Get-Content", "Get-Date"),
    *("Get-Disk", "Get-FileHash", "Get-Partition", "Get-Volume", "Initialize-Disk", "New-Item"),
    *(
        "Invoke-RestMethod",
        "Invoke-WebRequest",
        "New-Object",
        "New-Partition",
        "Out-Null",
        "Remove-Item",
    ),
    *("Rename-Computer", "Restart-Computer", "Select-Object", "Set-Content", "Set-Disk"),
    *("Set-ItemProperty", "Set-Location", "Set-Partition", "Set-StrictMode", "Sort-Object"),
    *("Start-Sleep", "Test-Path", "Where-Object"),
}


@pytest.fixture(scope="module")
def tree() -> Node:
    return parse(CLUSTER)


def tool_calls(tree: Node) -> list[list[str]]:
    return [words_of(each) for each in commands(tree, "Invoke-Tool")]


def reads_and_writes(tree: Node) -> tuple[set[str], set[str]]:
    """The names that are read, and those that are set, with `script:` where it stands."""
    written: set[str] = set()
    places: set[int] = set()
    for each in every(tree, "left_assignment_expression", "script_parameter", "foreach_statement"):
        for found in every(each, "variable"):
            written.add(variable(found))
            places.add(found.id)
            if each.type != "script_parameter":
                break
    read = {variable(each) for each in every(tree, "variable") if each.id not in places}
    return read, written


@pytest.mark.parametrize("script", [windows_script(node(), None), CLUSTER])
def test_the_script_is_valid_powershell(script: str) -> None:
    assert faults(script) == []


def test_what_ec2launch_runs_is_valid_powershell() -> None:
    found = re.fullmatch(
        r"<powershell>\n(.*)</powershell>\n<persist>true</persist>\n",
        windows_user_data(node(), cluster()),
        re.DOTALL,
    )
    assert found
    assert faults(found[1]) == []
    assert [name_of(each) for each in every(parse(found[1]), "command")] == [
        "New-Item",
        "Out-Null",
        '"$folder\\boot.ps1"',
    ]


def test_the_grammar_notices_every_brace_that_is_dropped(tree: Node) -> None:
    source = CLUSTER.encode()
    braces = every(tree, "{", "}")
    assert len(braces) > 200
    for brace in braces:
        broken = source[: brace.start_byte] + source[brace.end_byte :]
        assert parse(broken.decode()).has_error, f"line {brace.start_point.row + 1}"


def test_every_variable_that_is_read_is_set(tree: Node) -> None:
    shared = set(READABLE)
    local: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
    for each in tree.children[0].children:
        inside = every(each, "function_statement")
        name = text(inside[0].children[1]) if inside else ""
        read, written = local.get(name, (set(), set()))
        more_read, more_written = reads_and_writes(each)
        local[name] = (read | more_read, written | more_written)
        shared |= {found for found in more_written if not inside}
        shared |= {found.removeprefix("script:") for found in more_written if ":" in found}
    assert len(local) > 20
    for name, (read, written) in local.items():
        missing = {each for each in read - written - shared if not each.startswith("env:")}
        assert missing == set(), name


def test_a_function_hides_no_variable_of_the_script(tree: Node) -> None:
    script_s_own = {name.lower() for name in front(CLUSTER)}
    script_s_own |= {
        "base",
        "product",
        "conf",
        "label",
        "step",
        "api",
        "code",
        "answer",
        "denied",
        "guids",
    }
    for name, function in functions(tree).items():
        _, written = reads_and_writes(function)
        assert written & script_s_own == set(), name


def test_no_variable_of_powershell_itself_is_set(tree: Node) -> None:
    _, written = reads_and_writes(tree)
    assert written & AUTOMATIC == set()
    assert "nodename" in written


def test_every_value_in_front_is_used(tree: Node) -> None:
    read, _ = reads_and_writes(tree)
    assert {name.lower() for name in front(CLUSTER)} - read == set()


def test_the_script_calls_known_programs_and_cmdlets_alone(tree: Node) -> None:
    called = {name_of(each) for each in every(tree, "command")}
    assert called - set(functions(tree)) - {"$Tool", "$Test"} == CMDLETS
    assert set(functions(tree)) <= called
    assert {words[0] for words in tool_calls(tree)} == {
        *("aws", "icacls", "clpcfctrl", "clpcl", "clpfwctrl.bat", "clplcnsc"),
        "$setup.FullName",
    }
    assert {function_of(each) for each in commands(tree, "$Tool")} == {"Invoke-Tool"}
    assert {function_of(each) for each in commands(tree, "$Test")} == {"Wait-For"}


def test_every_wait_has_an_end(tree: Node) -> None:
    assert [function_of(each) for each in every(tree, "do_statement")] == ["Wait-For"]
    conditions = [text(each) for each in every(tree, "while_condition")]
    assert conditions == ["$watch.Elapsed.TotalSeconds -lt $Seconds"]
    assert every(tree, "while_statement", "for_statement") == []
    assert {words_of(each)[0] for each in commands(tree, "Wait-For")} == {
        *("300", "600", "900", "1800", "3600")
    }


def test_a_disk_is_written_only_if_it_is_blank_or_was_when_the_script_began(tree: Node) -> None:
    (initialize,) = commands(tree, "Initialize-Disk")
    assert conditions(initialize) == ["(Get-Disk -Number $number).PartitionStyle -eq 'RAW'"]
    (raw,) = ancestors(initialize, "if_statement")
    steps = [text(each) for each in raw.children[4].children[1].children]
    assert steps[0].startswith("if (-not (Test-Blank $number)) { throw ")
    assert steps[1:] == [
        "Set-Content $begun ''",
        "Initialize-Disk -Number $number -PartitionStyle GPT",
    ]
    writers = [*commands(tree, "New-Partition"), *commands(tree, "Format-Volume")]
    assert [conditions(each) for each in writers] == [
        ["$parts.Count -eq 0", "Test-Path $begun"],
        ["$parts.Count -le 1", "Test-Path $begun"],
        ["(Get-Trait $parts[1] 'FileSystem') -ne 'NTFS'", "Test-Path $begun"],
    ]


def test_a_licence_is_deleted_at_once_and_what_the_tool_says_of_it_is_dropped(tree: Node) -> None:
    register = functions(tree)["Register-Licence"]
    (copied,) = commands(register, "Copy-Object")
    assert words_of(copied) == ["$licence", "$file"]
    (called,) = commands(register, "Invoke-Tool")
    assert words_of(called) == ["clplcnsc", "'-i'", "$file", "-Try"]
    assert called.parent
    assert text(called.parent).endswith("| Out-Null")
    (removed,) = commands(register, "Remove-Item")
    assert words_of(removed)[0] == "$file"
    assert len(ancestors(removed, "finally_clause")) == 1
    # Nothing else in there has the file, and nothing reads it.
    assert text(register).count("$file") == 4
    assert [words_of(each)[0] for each in commands(register, "Get-Content")] == [
        '"$Base\\registered"'
    ]


def test_no_licence_is_in_the_script() -> None:
    values = front(windows_script(node(), cluster(licence_keys=("ecx/base.key",))))
    assert values["Licences"] == "@('s3://artefacts/ecx/base.key')"


def test_the_package_is_compared_before_it_is_unpacked(tree: Node) -> None:
    steps = text(functions(tree)["Install-Product"])
    compared = steps.index("if ($hash -ne $PackageHash) { throw")
    assert steps.index("Get-FileHash") < compared < steps.index("Expand-Archive")


def test_every_failure_names_a_remedy(tree: Node) -> None:
    messages = [
        text(each)
        for each in every(tree, "flow_control_statement")
        if text(each).startswith("throw") and function_of(each) != "Invoke-Tool"
    ]
    assert len(messages) > 15
    for message in messages:
        assert re.search(r"\. [A-Z].+\.['\"]$", message) or "Get-ApiFault" in message
    causes = every(functions(tree)["Get-ApiFault"], "string_literal")
    named = [text(each)[1:].split(":")[0] for each in causes if ": " in text(each)]
    assert named == ["Region", "Permission", "DNS", "TCP 443", "The EC2 API says"]
