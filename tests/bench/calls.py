"""What the calls of a preview cost the pack's process, beside a servicer that does nothing.

python -m tests.bench.calls                   1,000 resources
python -m tests.bench.calls --size 5000

The engine makes two calls for each resource, `Remediate` and `Analyze`, and waits for each. What a
servicer that does nothing takes for them is gRPC's time; what is more is the pack's.
"""

# ruff: noqa: N802 - the methods have the names of the protocol

import argparse
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, policy

from guardrails.pack import policies
from tests.bench.pack import request_of
from tests.bench.timing import processor, show

WORKERS = 4
"""As many threads as the policy SDK gives its server."""


class Nothing(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers every call with nothing."""

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        del request, context
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        del request, context
        return analyzer_pb2.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        del request, context
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        del request, context
        return analyzer_pb2.AnalyzeResponse()


def this_pack() -> Any:
    """Return the servicer of the SDK with the pack's policies."""
    return policy._PolicyAnalyzerServicer("bench", "0", policies(), EnforcementLevel.ADVISORY)


def preview(port: int, size: int) -> None:
    """Make the engine's calls for a preview of the estate."""
    stack = request_of(size)
    stub = analyzer_pb2_grpc.AnalyzerStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
    stub.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="bench", dry_run=True))
    for each in stack.resources:
        call = analyzer_pb2.AnalyzeRequest(
            urn=each.urn,
            type=each.type,
            name=each.name,
            properties=each.properties,
            provider=each.provider,
        )
        stub.Remediate(call)
        stub.Analyze(call)
    stub.AnalyzeStack(stack)


def cost(servicer: Any, size: int) -> float:
    """Return the seconds that this process computes while another one previews the estate."""
    server = grpc.server(ThreadPoolExecutor(WORKERS), options=[("grpc.so_reuseport", 0)])
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    engine = multiprocessing.get_context("spawn").Process(target=preview, args=(port, size))

    def run() -> None:
        engine.start()
        engine.join()
        if engine.exitcode:
            raise SystemExit(f"the calls ended with {engine.exitcode}")

    try:
        return processor(run)
    finally:
        server.stop(None)


def main() -> None:
    """Measure both in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calls", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000, help="resources (default 1000)")
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each (default 7)")
    options = parser.parse_args()
    servicers = {"a servicer that does nothing": Nothing, "this pack": this_pack}
    each_run = [
        {what: cost(make(), options.size) for what, make in servicers.items()}
        for _ in range(options.runs)
    ]
    rows = [(what, "", [run[what] for run in each_run]) for what in servicers]
    show(f"the calls of a preview of {options.size} resources", "s", rows)


if __name__ == "__main__":
    main()
