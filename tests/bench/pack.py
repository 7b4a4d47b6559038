"""The policy pack's cost on one generated estate of growing size.

python -m tests.bench.pack                    N = 100, 1,000 and 10,000
python -m tests.bench.pack --previews 1000    without the longest previews
python -m tests.bench.pack --only previews    nothing but those
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, StackValidationPolicy, policy

from guardrails.options.settings import Settings
from guardrails.pack import policies
from guardrails.pack.stack_judgement import StackJudgement
from guardrails.testing import Analyzer, Given
from sandbox.runtime import Sandbox
from tests.bench.corners import CORNERS
from tests.bench.estate import PROVIDER, elements, identity, links, resolve
from tests.bench.estate import pulumi_state as state_of
from tests.bench.timing import Row, processor, say, show, wall
from tests.support.sandbox import StackUnderTest, write_pack, write_project

ROOT = Path(__file__).parents[2]
SIZES = (100, 1_000, 10_000)
CORNER_SIZES = (100, 400)
TRIVIAL = """
from pulumi_policy import PolicyPack, StackValidationPolicy

PolicyPack("trivial", [StackValidationPolicy("nothing", "says nothing", lambda args, report: None)])
"""


def request_of(count: int) -> Any:
    """Return the estate as the engine sends it to a stack policy."""
    request = analyzer_pb2.AnalyzeStackRequest()
    urns = {
        each.name: f"urn:pulumi:bench::estate::{each.token}::{each.name}"
        for each in elements(count)
    }
    for each in elements(count):
        message = request.resources.add(urn=urns[each.name], type=each.token, name=each.name)
        values = {key: resolve(value, identity) for key, value in each.properties.items()}
        outputs = {**values, **each.outputs, "id": identity(each.name)}
        json_format.ParseDict(outputs, message.properties)
        for key, value in each.properties.items():
            if names := links(value):
                message.propertyDependencies[key].urns.extend(urns[name] for name in names)
        message.provider.urn = PROVIDER
        message.provider.name = "default"
        json_format.ParseDict({"region": "us-east-1"}, message.provider.properties)
    return request


def decode(request: Any) -> Callable[[], object]:
    """Return a call that has the SDK decode the estate for one policy that does nothing."""
    nothing: list[Policy] = [
        StackValidationPolicy("nothing", "says nothing", lambda _args, _report: None)
    ]
    servicer: Any = policy._PolicyAnalyzerServicer("bench", "0", nothing, EnforcementLevel.ADVISORY)
    return lambda: servicer.AnalyzeStack(request, None)


def own(request: Any, size: int) -> tuple[float, float]:
    """Return the microseconds a resource of reading and of judging.

    Small estates are judged as often as makes up the largest, so that every figure rests on as
    much work as any other.
    """
    reading = judging = 0.0
    times = max(SIZES) // size
    for _ in range(times):
        verdicts = StackJudgement(request.resources, {}, Settings(), set())
        reading += processor(lambda v=verdicts: v.reading)
        judging += processor(lambda v=verdicts: v.judgement)
    return reading / times / size * 1e6, judging / times / size * 1e6


def measure_own(runs: int) -> None:
    """Print microseconds a resource: reading, judging, and the SDK's decoding for comparison."""
    requests = {size: request_of(size) for size in SIZES}
    each_run = [{size: own(requests[size], size) for size in SIZES} for _ in range(runs)]
    rows: list[Row] = []
    for size in SIZES:
        decoding = [processor(decode(requests[size])) / size * 1e6 for _ in range(runs)]
        rows += [
            (f"{size:6}: graph and rules", "30 us", [run[size][1] for run in each_run]),
            (f"{size:6}: reading what the engine sent, once", "", [r[size][0] for r in each_run]),
            (f"{size:6}: the SDK's decoding, for one policy", "", decoding),
        ]
    show("the pack's own time for a resource", "us", rows)
    low, high = SIZES[-2], SIZES[-1]
    exponents = [
        1 + math.log(run[high][1] / run[low][1]) / math.log(high / low) for run in each_run
    ]
    show(
        "growth of graph and rules with the number of resources",
        "",
        [(f"exponent from {low} to {high}", "1.05", exponents)],
    )


def measure_gates(runs: int) -> None:
    """Print microseconds a resource that the gates take during an update, and how they grow."""
    each_run = [{size: gates(size) for size in SIZES} for _ in range(runs)]
    show(
        "the gates, during an update",
        "us",
        [(f"{size:6} resources", "", [run[size] for run in each_run]) for size in SIZES],
    )


def gates(size: int) -> float:
    """Register the estate during an update; return microseconds a resource."""
    analyzer = Analyzer(policies(), preview=False)
    given = [
        Given(each.token, each.name, {k: resolve(v, identity) for k, v in each.properties.items()})
        for each in elements(size)
    ]
    return processor(lambda: [analyzer.register(each) for each in given]) / size * 1e6


def measure_corners(runs: int) -> None:
    """Print how the pack's time grows where many things of a stack meet many others."""
    rows: list[Row] = []
    small, large = CORNER_SIZES
    for name, corner in CORNERS.items():
        actions = {size: corner(size) for size in CORNER_SIZES}
        each_run = [{size: processor(actions[size]) for size in CORNER_SIZES} for _ in range(runs)]
        rows += [(f"{name}, {size}", "", [run[size] for run in each_run]) for size in CORNER_SIZES]
        growth = [math.log(run[large] / run[small]) / math.log(large / small) for run in each_run]
        say(f"{name}: exponent {statistics.median(growth):.2f} from {small} to {large} (goal 1.05)")
    show("many that meet many", "s", rows)


def write_trivial(folder: Path) -> Path:
    """Write a pack of one stack policy that does nothing: the floor that engine and SDK set."""
    return write_pack(folder / "trivial", TRIVIAL, virtualenv=str(ROOT / "policy" / "venv"))


def measure_analysis(sandbox: Sandbox, folder: Path, trivial: Path, runs: int) -> None:
    """Print `pulumi policy analyze` as a whole with both packs in turn, and their ratio."""
    rows: list[Row] = []
    for size in SIZES:
        state = folder / f"state-{size}.json"
        state.write_text(state_of(list(elements(size))))

        def analyze(pack: Path, state: Path = state) -> float:
            command = ("policy", "analyze", "--file", str(state), "--policy-pack", str(pack))
            return wall(lambda: sandbox.pulumi(*command, cwd=folder))

        pairs = [(analyze(ROOT / "policy"), analyze(trivial)) for _ in range(runs)]
        rows += [
            (f"{size:6}: this pack", "", [ours for ours, _ in pairs]),
            (f"{size:6}: a pack of one trivial policy", "", [floor for _, floor in pairs]),
        ]
        ratio = statistics.median(ours / floor for ours, floor in pairs)
        say(f"{size:6}: this pack / trivial pack = {ratio:.2f} (goal 1.25)")
    show("pulumi policy analyze", "s", rows)


def measure_previews(
    sandbox: Sandbox, folder: Path, trivial: Path, *, largest: int, runs: int
) -> None:
    """Print a preview without a pack, with a trivial one and with this one, in turn."""
    packs = {
        "without a pack": None,
        "with a pack of one trivial policy": trivial,
        "with this pack, as a program": ROOT / "policy" / "closed-network",
        "with this pack": ROOT / "policy",
    }
    rows: list[Row] = []
    for size in (each for each in SIZES if each <= largest):
        program = f"from tests.bench.program import build\n\nbuild({size})\n"
        project = write_project(folder / f"estate-{size}", program, name="estate")
        stack = StackUnderTest(sandbox, project).init({"aws:region": "us-east-1"})
        each_run = [
            {what: wall(lambda p=pack, s=stack: preview(s, p)) for what, pack in packs.items()}
            for _ in range(runs)
        ]
        rows += [(f"{size:6}: {what}", "", [run[what] for run in each_run]) for what in packs]
        for what, goal in zip(list(packs)[1:], ("", "1.2", "1.2"), strict=True):
            ratio = statistics.median(run[what] / run["without a pack"] for run in each_run)
            say(f"{size:6}: {what} / without a pack = {ratio:.2f}{goal and f' (goal {goal})'}")
    show("pulumi preview", "s", rows)


def preview(stack: StackUnderTest, pack: Path | None) -> None:
    """Preview the estate."""
    words = ("--policy-pack", str(pack)) if pack else ()
    stack.pulumi("preview", *words, env={"PYTHONPATH": str(ROOT)})


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pack", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each (default 3)")
    parser.add_argument("--previews", type=int, default=10_000, help="largest estate to preview")
    parser.add_argument("--only", choices=("judge", "analysis", "previews"), help="one part of it")
    options = parser.parse_args()
    if options.only in (None, "judge"):
        measure_own(options.runs)
        measure_gates(options.runs)
        measure_corners(options.runs)
    if options.only == "judge":
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trivial = write_trivial(folder)
        with Sandbox(folder / "sandbox", report=lambda _: None) as sandbox:
            if options.only != "previews":
                measure_analysis(sandbox, folder, trivial, options.runs)
            if options.only != "analysis":
                measure_previews(
                    sandbox, folder, trivial, largest=options.previews, runs=options.runs
                )


if __name__ == "__main__":
    main()
