import pytest

from guardrails.addresses import (
    NOT_PUBLIC,
    AddressError,
    Block,
    contains,
    is_broad,
    merge,
    parse_host,
    parse_range,
    public_part,
    show,
)


def ranges(*texts: str) -> list[Block]:
    return [parse_range(text) for text in texts]


def public(*texts: str) -> list[str]:
    return [show(block) for block in public_part(ranges(*texts))]


def test_host_bits_are_cleared_as_aws_does() -> None:
    assert show(parse_range("100.68.0.18/18")) == "100.68.0.0/18"


def test_an_ipv4_mapped_address_is_the_ipv4_address() -> None:
    assert parse_host("::ffff:20.0.0.100") == parse_host("20.0.0.100/32")
    assert parse_range("::ffff:10.0.0.0/104") == parse_range("10.0.0.0/8")


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.0/+8", "fe80::1%eth0"),
        *("a", "010.0.0.1", "10.0.0.0/8/8", " 10.0.0.0/8", "10.0.0.0/٨"),
    ],
)
def test_what_is_no_range_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(AddressError, match="is not a valid range in CIDR notation") as caught:
        parse_range(text)
    assert repr(text) in str(caught.value)


def test_a_range_is_no_host() -> None:
    with pytest.raises(AddressError, match="a range of addresses, not one address"):
        parse_host("20.0.0.100/24")


def test_two_halves_are_the_default_route() -> None:
    assert merge(ranges("128.0.0.0/1", "0.0.0.0/1")) == tuple(ranges("0.0.0.0/0"))


def test_the_two_versions_never_touch() -> None:
    last, first = Block(4, 2**32 - 1, 2**32 - 1), Block(6, 0, 0)
    assert merge([last, first]) == (last, first)


def test_private_and_reserved_ranges_have_no_public_part() -> None:
    assert public("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10") == []
    assert public("fd00::/8", "fe80::/10", "2001:db8::/32", "224.0.0.0/4", "240.0.0.0/4") == []


def test_a_public_address_is_public() -> None:
    assert public("20.0.0.100/32") == ["20.0.0.100"]
    assert public("2600:1f00::/40") == ["2600:1f00::/40"]


def test_private_neighbours_are_cut_out_of_a_wider_range() -> None:
    assert public("172.0.0.0/8") == ["172.0.0.0/12", "172.32.0.0-172.255.255.255"]


def test_the_nat64_prefix_reaches_public_ipv4() -> None:
    assert public("64:ff9b::808:808/128") == ["8.8.8.8"]
    assert public("64:ff9b::a00:0/104") == []
    assert is_broad(public_part(ranges("64:ff9b::/96")))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["0.0.0.0/0"], True),
        (["::/0"], True),
        (["2000::/3"], True),
        (["0.0.0.0/1"], True),
        (["20.0.0.0/8"], False),
        (["20.0.0.0/7"], True),
        (["2600::/12"], True),
        (["2600:1f00::/24"], False),
    ],
)
def test_broad_is_more_than_one_network_can_own(texts: list[str], expected: bool) -> None:  # noqa: FBT001 - a row of a table
    assert is_broad(public_part(ranges(*texts))) is expected


def test_what_is_internal_is_not_public() -> None:
    assert public_part(ranges("20.0.0.0/8"), merge((*NOT_PUBLIC, *ranges("20.0.0.0/8")))) == ()


def test_a_range_is_contained_in_its_parts_together() -> None:
    assert contains(ranges("10.0.0.0/9", "10.128.0.0/9"), parse_range("10.0.0.0/8"))
    assert not contains(ranges("10.0.0.0/9"), parse_range("10.0.0.0/8"))
