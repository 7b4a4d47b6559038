"""What a person would check in a new cluster: the last chapter of the article, word by word.

From each node the EC2 API answers through the endpoint, and nothing else does; the page answers at
the virtual IP from every subnet, before a failover, after it, and after the way back.
"""

import errno
import json
import os
from collections.abc import Callable, Iterator

from lab.drill.stage import await_sound, closed_endpoint
from lab.errors import LabError
from lab.nodes.system import PAGE_PORT
from lab.shell import inside, run
from lab.vpc.plan import Kind
from lab.world import World

Tell = Callable[[str], None]
_API = ["aws", "ec2", "describe-vpcs", "--region"]
_ANSWERED = (0, errno.ECONNREFUSED)
_QUICK = ["--cli-connect-timeout", "1"]


def accept(world: World, tell: Tell) -> None:
    """Check everything, and tell what holds. Raises LabError with the first that does not."""
    owner = await_sound(world)
    for name in world.machines:
        tell(_asks_the_api(world, name))
        tell(_finds_no_way_out(world, name))
    for line in _reach_the_internet(world):
        tell(line)
    with closed_endpoint(world):
        for name in world.machines:
            tell(_is_refused(world, name))
    tell(_serves_everybody(world, owner))
    standby = next(name for name in world.machines if name != owner)
    for node in (standby, owner):
        world.engine.move(node)
        world.engine.await_status(lambda status, node=node: status.owner == node, f"on {node}")
        world.engine.clear()
        await_sound(world)
        tell(_serves_everybody(world, node))


def _asks_the_api(world: World, name: str) -> str:
    words = [*_API, world.cluster.region, "--output", "json"]
    found = json.loads(world.machines[name].run(*words))["Vpcs"]
    if world.cluster.vpc_id not in [vpc["VpcId"] for vpc in found]:
        raise LabError(f"{name}: {' '.join(words)} does not name {world.cluster.vpc_id}: {found}")
    return f"{name}: `{' '.join(_API)} {world.cluster.region}` names {world.cluster.vpc_id}"


def _finds_no_way_out(world: World, name: str) -> str:
    code = int(world.machines[name].run(*_dial(world)))
    if code in _ANSWERED:
        raise LabError(f"{name} reaches the internet, which is outside of the closed network")
    return f"{name}: nothing leads to the internet ({os.strerror(code)})"


def _reach_the_internet(world: World) -> Iterator[str]:
    """Yield which clients reach it: those whose table leads there, or the check above is idle."""
    for client in world.clients:
        table = world.fabric.snapshot.table_of(client.subnet_id)
        gateways = [str(route.get("GatewayId")) for route in table["Routes"]]
        if any(gateway.startswith("igw-") for gateway in gateways):
            code = int(run(*inside(client.name, _dial(world))))
            if code not in _ANSWERED:
                raise LabError(f"{client.name} does not reach the internet: {os.strerror(code)}")
            yield f"{client.name}: the internet answers, as its table has an internet gateway"


def _dial(world: World) -> list[str]:
    """Return a command that prints the error number of a connection to the internet."""
    (internet,) = world.plan.of_kind(Kind.INTERNET)
    program = (
        "import socket; way = socket.socket(); way.settimeout(2); "
        f"print(way.connect_ex(({str(internet.address)!r}, 443)))"
    )
    return ["python3", "-c", program]


def _is_refused(world: World, name: str) -> str:
    words = [*_API, world.cluster.region, *_QUICK]
    try:
        world.machines[name].run("env", "AWS_MAX_ATTEMPTS=1", *words)
    except LabError as refused:
        return f"{name}: without HTTPS in the endpoint's group: {str(refused).splitlines()[-1]}"
    raise LabError(f"{name} reaches the EC2 API although the endpoint's group admits nothing")


def _serves_everybody(world: World, node: str) -> str:
    url = f"http://{world.cluster.virtual_ip}:{PAGE_PORT}/"
    program = f"import urllib.request as u; print(u.urlopen({url!r}, timeout=2).read().decode())"
    for client in world.clients:
        page = run(*inside(client.name, ["python3", "-c", program]))
        if f"<h1>{node}</h1>" not in page:
            raise LabError(f"{url} from {client.subnet} shows another page than {node}'s: {page}")
    subnets = ", ".join(client.subnet for client in world.clients)
    return f"{url} shows {node} to clients in {subnets}"
