"""What the program uses of AWS's provider, for docs/real-aws.md.

`python -m tests.support.survey` prints it: each type with its properties and resource options,
and each look-up with its arguments.
"""

import runpy
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.live import (
    OLD_IMAGE,
    WINDOWS_IMAGE,
    account,
    account_with_cluster,
    hand_built_network,
)
from tests.support.recorder import Answer, Recorder, Registration
from tests.support.stack_config import (
    ROOT,
    changed,
    every_feature,
    existing_network,
    host_vpc,
    pacemaker,
    stack_config,
)

Used = dict[str, set[str]]
OPTIONS: Mapping[str, Callable[[Registration], bool]] = {
    "ignoreChanges": lambda found: bool(found.ignores),
    "replaceOnChanges": lambda found: bool(found.replaces_on),
    "deleteBeforeReplace": lambda found: found.deletes_first,
    "retainOnDelete": lambda found: found.retained,
    "protect": lambda found: found.protect,
}


def used() -> Used:
    """Return properties and options by type, and arguments by look-up, of first and later ups."""
    found: Used = defaultdict(set)
    later = account_with_cluster(instances={"a": {"ami": OLD_IMAGE}})
    windows = account(**{"ec2.getAmi": WINDOWS_IMAGE})
    for config, answers in (
        (stack_config("dev"), account()),
        (stack_config("prod"), account()),
        (stack_config("dev"), later),
        (every_feature(), account()),
        (changed("nodes.os", "windows"), windows),
        (pacemaker(), account()),
        (existing_network(), hand_built_network()),
        (host_vpc(), hand_built_network()),
    ):
        recorder = run(config, {token: _noting(found[token], answers[token]) for token in answers})
        for each in recorder.resources.values():
            if each.token.startswith("aws:"):
                options = {option for option, is_set in OPTIONS.items() if is_set(each)}
                found[each.token] |= {*each.inputs, *options}
    return {token: names for token, names in found.items() if names}


def run(config: Mapping[str, Any], answers: Mapping[str, Answer]) -> Recorder:
    """Run the program with a configuration in an account that answers its look-ups."""
    program = str(ROOT / "__main__.py")
    return Recorder(answers).build(lambda: runpy.run_path(program), config)


def lines() -> dict[str, str]:
    """Return the names as the page has them, by type or look-up."""
    return {
        token: " ".join(f"`{name}`" for name in sorted(names))
        for token, names in sorted(used().items())
    }


def _noting(asked: set[str], answer: Answer) -> Answer:
    def note(arguments: Mapping[str, Any]) -> Any:
        asked.update(arguments)
        return answer(arguments) if callable(answer) else answer

    return note


if __name__ == "__main__":
    for kind, names in lines().items():
        print(f"- `{kind}`: {names}")  # noqa: T201 - a command that prints
