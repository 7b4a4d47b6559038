"""Writes the table of what is modelled: `python -m sandbox.provider.table`."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sandbox.provider.check import TABLE
from sandbox.provider.configuration import REFUSED, TAKEN
from sandbox.provider.registry import Registry
from sandbox.provider.schema import Property, Schema

CHECKOUT = Path(__file__).parents[2]
_INTRODUCTION = """\
# What the sandbox models

The sandbox's aws provider stands in for `pulumi-aws` 7.51. For the types below it checks inputs,
previews, diffs, imports and refreshes as the real provider does, and refuses what AWS refuses.
What is not listed, or listed as not modelled, is an error that names it, never ignored.

This page is generated from the declarations in `sandbox/provider/`:
`python -m sandbox.provider.table` writes it.

- **bold**: required
- `?`: AWS decides when it is left out, so a preview shows it as unknown
- `↻`: a change replaces the resource

Every tagged type has `tags` and `tagsAll`; every regional one takes `region`↻.
"""

_LIMITS = """\
## Narrower than AWS

Where moto cannot follow, the provider says so instead of pretending:

- Refused with a message that names the property and the remedy: a change of `privateDnsEnabled` of
  an existing endpoint, of a stand-alone rule's peer other than `cidrIpv4`, of a prefix list's
  `maxEntries`, of an instance's `monitoring`, of a listener's `alpnPolicy` and of its `protocol`
  to one other than HTTP, HTTPS and TCP; endpoints with IPv6; NAT gateways in regional mode; a
  target that is in one target group with two ports, or is a function; firewalls with IPv6 or of
  a transit gateway.
- Kept in the stack's state alone: an instance's `creditSpecification`.
- Kept in the cloud as SSM parameters, because moto can neither change nor delete them: network
  firewalls, their policies and rule groups. boto3's `network-firewall` does not see them; it sees
  their VPC endpoints. Whether rules fit a group's capacity is not checked.
- Read as AWS would show it, although moto shows boto3 something else: the interfaces, names and
  DNS options of an endpoint, an interface left behind by an ended instance (it is free), the
  default tables of a transit gateway and what is associated with them.
- Recorded and without effect: a propagation brings no routes into the transit gateway's table.
- A stand-alone route's `state` is `blackhole` where its target is gone, detached or stopped; boto3
  sees moto's `active` all the same.
- The ARN of every load balancer says `loadbalancer/app/`, whatever its type: moto writes it so.
- Never seen: nothing is throttled, and nothing takes time.
- `pulumi import` brings resources into the state and writes no program (`--generate-code=false`,
  which the sandbox's environment sets).
"""

_FAILURES = """\
## Rehearse failures

The provider's calls can be made to fail as AWS makes them fail, while `pulumi` does not know:

```sh
python -m sandbox fail RunInstances InsufficientInstanceCapacity
python -m sandbox fail any-change RequestLimitExceeded --after 5 --times 2
python -m sandbox fail RunInstances --hold
python -m sandbox fail --list
python -m sandbox fail --clear
```

- The operation is one of AWS's that changes something; `any-change` stands for all of them.
- `--after N` lets N matching calls through first; `--times N` lets N calls fail. A fault is spent
  when it has come true; a new cloud has none.
- `--hold` lets one call through and keeps its answer back until `--clear`; then the answer is lost.
  AWS has done the work and the engine does not know: kill it (`kill -9`) while the answer is held,
  then clear, to rehearse what [runbook.md](runbook.md#an-engine-that-was-killed) says of that. The
  provider outlives the engine here, so use `--parallel 1`: one resource is under way then.
- Only the provider's calls fail. boto3, the AWS command line and `ops` see a cloud without faults.
- Nothing waits: where the official provider would repeat a call, the error says how often.
  `aws:maxRetries` (25 when it is left out) is the number of attempts, for every call. AWS's answer
  that it has no capacity for an instance is repeated too, which takes the official provider about
  50 minutes (terraform-provider-aws #15183, #43193, #49863).
"""


def compose(registry: Registry) -> str:
    """Return the page."""
    tables = (_resources(registry), _functions(registry), _settings())
    blocks = [line for table in tables for line in (*table, "")]
    return "\n".join([_INTRODUCTION, *blocks, _LIMITS, _FAILURES])


def _resources(registry: Registry) -> Iterator[str]:
    yield "## Resource types\n"
    yield "| Type | Inputs | Decided by AWS | Not modelled |"
    yield "| --- | --- | --- | --- |"
    for name in sorted(registry.resources):
        yield _row(registry.resources[name].schema)


def _functions(registry: Registry) -> Iterator[str]:
    yield "## Functions\n"
    yield "| Function | Arguments | Results | Not modelled |"
    yield "| --- | --- | --- | --- |"
    for name in sorted(registry.functions):
        yield _row(registry.functions[name].schema)


def _settings() -> Iterator[str]:
    yield "## Settings of the provider\n"
    yield "`pulumi config set aws:NAME VALUE`, or arguments of `aws.Provider`.\n"
    yield "| Setting | Here |"
    yield "| --- | --- |"
    for name, meaning in TAKEN.items():
        yield f"| `{name}` | {meaning} |"
    for name, reason in sorted(REFUSED.items()):
        yield f"| `{name}` | refused: {reason} |"


def _row(schema: Schema) -> str:
    properties = {
        name: each
        for name, each in schema.properties.items()
        if name not in ("region", "tags", "tagsAll")
    }
    outputs = [f"`{name}`" for name, each in properties.items() if each.output]
    unmodelled = [f"`{name}`" for name in sorted(schema.unmodelled)]
    cells = (f"`{schema.name}`", _join(_inputs(properties)), _join(outputs), _join(unmodelled))
    return f"| {' | '.join(cells)} |"


def _inputs(properties: Mapping[str, Property], path: str = "") -> Iterator[str]:
    for name, declared in properties.items():
        if not declared.settable:
            continue
        text = f"**`{path}{name}`**" if declared.required else f"`{path}{name}`"
        yield text + "?" * declared.computed + "↻" * declared.replaces
        inner = declared.element or declared
        yield from _inputs(inner.fields, f"{path}{name}.")


def _join(parts: Iterable[str]) -> str:
    return " ".join(parts) or "-"


if __name__ == "__main__":
    (CHECKOUT / TABLE).write_text(compose(Registry()), encoding="utf-8")
