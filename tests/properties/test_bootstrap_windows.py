"""Values in front of the Windows boot script, whatever their characters are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from components.bootstrap.windows import windows_script, windows_user_data
from tests.support.windows import cluster, node, unpacked

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
ACCEPTED = PRINTABLE.filter(lambda text: not set(text) & {'"', "\\"})
# What PowerShell reads as one verbatim string: two quotes stand for one, and nothing else counts.
VERBATIM = r"'((?:[^']|'')*)'"


def read(literal: str) -> str:
    found = re.fullmatch(VERBATIM, literal)
    assert found, literal
    return found[1].replace("''", "'")


@given(ACCEPTED)
def test_powershell_reads_a_value_as_it_was_given(value: str) -> None:
    lines = windows_script(node(region=value), None).splitlines()
    assert lines[1].startswith("$Region = ")
    assert read(lines[1].removeprefix("$Region = ")) == value


@given(st.lists(ACCEPTED, max_size=5))
def test_powershell_reads_a_list_as_it_was_given(keys: list[str]) -> None:
    script = windows_script(node(), cluster(licence_keys=tuple(keys)))
    line = next(line for line in script.splitlines() if line.startswith("$Licences = "))
    items = line.removeprefix("$Licences = @(").removesuffix(")")
    assert [read(f"'{each}'") for each in re.findall(VERBATIM, items)] == [
        f"s3://artefacts/{key}" for key in keys
    ]
    assert re.sub(VERBATIM, "", items).replace(", ", "") == ""


@given(st.text())
def test_no_value_adds_a_line_or_a_tag(value: str) -> None:
    lines = len(windows_script(node(), None).splitlines())
    try:
        text = windows_user_data(node(region=value), None)
    except ValueError:
        return
    assert len(unpacked(text).splitlines()) == lines
    assert text.lower().count("powershell>") == 2
