"""Which ranges fit a VPC, and where the virtual IP may lie."""

import pytest

from components import addressing

VPC = "10.0.0.0/16"


def test_subnets_side_by_side_fit() -> None:
    addressing.check_subnets([VPC], {"one": "10.0.0.0/17", "two": "10.0.128.0/17"})


@pytest.mark.parametrize(
    ("subnets", "message"),
    [
        ({"one": "10.1.0.0/24"}, "one: 10.1.0.0/24 is outside the VPC's range 10.0.0.0/16"),
        ({"one": "10.0.0.0/15"}, "one: 10.0.0.0/15 is outside"),
        ({"one": VPC, "two": "10.0.5.0/24"}, "two: 10.0.5.0/24 overlaps one, 10.0.0.0/16"),
        ({"one": "10.0.0.1/24"}, "one: '10.0.0.1/24' is not a range of IPv4 addresses"),
        ({"one": "nowhere"}, "one: 'nowhere' is not a range of IPv4 addresses"),
    ],
)
def test_a_subnet_that_does_not_fit_is_named(subnets: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        addressing.check_subnets([VPC], subnets)


def test_the_virtual_ip_is_routed_as_a_single_address() -> None:
    assert addressing.virtual_ip_destination("20.0.0.100", [VPC]) == "20.0.0.100/32"


@pytest.mark.parametrize("inside", ["10.0.0.0", "10.0.255.255", "10.1.7.7"])
def test_a_virtual_ip_inside_any_range_of_the_vpc_is_refused(inside: str) -> None:
    with pytest.raises(ValueError, match=f"virtual_ip: {inside} is inside the VPC's range"):
        addressing.virtual_ip_destination(inside, [VPC, "10.1.0.0/16"])
