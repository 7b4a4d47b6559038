"""Address plans against brute force."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import addressing

VPC = IPv4Network("10.0.0.0/24")


def networks(within: IPv4Network) -> st.SearchStrategy[IPv4Network]:
    """Ranges of /24 to /30 that begin in `within`, or beside it."""
    first = int(within.network_address) - within.num_addresses
    offsets = st.integers(0, 3 * within.num_addresses - 1)
    return st.builds(
        lambda offset, prefix: IPv4Network((first + offset, prefix), strict=False),
        offsets,
        st.integers(24, 30),
    )


@given(st.lists(networks(VPC), max_size=4))
def test_a_plan_fits_exactly_when_every_address_has_one_subnet_of_the_vpc(
    subnets: list[IPv4Network],
) -> None:
    taken = [int(address) for subnet in subnets for address in subnet]
    whole = {int(address) for address in VPC}
    fits = set(taken) <= whole and len(set(taken)) == len(taken)
    plan = {f"subnet {place}": str(subnet) for place, subnet in enumerate(subnets)}
    if fits:
        addressing.check_subnets([str(VPC)], plan)
    else:
        with pytest.raises(ValueError, match="subnet"):
            addressing.check_subnets([str(VPC)], plan)


@given(st.ip_addresses(v=4), st.lists(networks(VPC), min_size=1, max_size=3))
def test_a_virtual_ip_is_accepted_exactly_where_a_host_outside_all_ranges_can_have_it(
    address: IPv4Address, ranges: list[IPv4Network]
) -> None:
    texts = [str(part) for part in ranges]
    inside = any(int(part[0]) <= int(address) <= int(part[-1]) for part in ranges)
    first, last = address.packed[0], address.packed[-1]
    hostless = first in {0, 127, *range(224, 256)} or address.packed[:2] == b"\xa9\xfe"
    if inside or hostless or last in {0, 255}:
        with pytest.raises(ValueError, match="virtual_ip"):
            addressing.virtual_ip_destination(str(address), texts)
    else:
        assert addressing.virtual_ip_destination(str(address), texts) == f"{address}/32"


@given(networks(VPC), st.data())
def test_a_virtual_ip_taken_from_a_range_of_the_vpc_is_refused(
    part: IPv4Network, data: st.DataObject
) -> None:
    address = part[data.draw(st.integers(0, part.num_addresses - 1))]
    with pytest.raises(ValueError, match=r"virtual_ip: .* is inside"):
        addressing.virtual_ip_destination(str(address), [str(part)])


@given(st.text(alphabet="0123456789./ -a:", max_size=20))
def test_any_text_is_an_address_or_a_named_fault(text: str) -> None:
    try:
        destination = addressing.virtual_ip_destination(text, ["10.0.0.0/16"])
    except ValueError as error:
        assert str(error).startswith("virtual_ip: ")  # noqa: PT017 - either outcome may come
    else:
        assert str(IPv4Network(destination)) == f"{text}/32"
