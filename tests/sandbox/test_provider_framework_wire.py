from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

from sandbox.provider import wire
from sandbox.provider.wire import UNKNOWN, Foreign, contains_unknown, decode, encode, plain


def bag(**values: object) -> struct_pb2.Struct:
    found = struct_pb2.Struct()
    found.update(values)
    return found


def marked(signature: str, **values: object) -> dict[str, object]:
    return {rpc._special_sig_key: signature, **values}


def test_the_signatures_are_those_of_the_sdk() -> None:
    assert rpc._special_sig_key == wire.SIGNATURE
    assert rpc._special_secret_sig == wire.SECRET
    assert rpc._special_output_value_sig == wire.OUTPUT
    assert rpc._special_resource_sig == wire.RESOURCE
    assert rpc.UNKNOWN == wire.UNKNOWN_ON_THE_WIRE


def test_plain_values_survive_the_way_there_and_back() -> None:
    values = {"a": "x", "b": 443, "c": 1.5, "d": True, "e": ["x", {"f": False}], "g": {}}

    assert plain(encode(values)) == values
    assert plain(encode({"a": None})) == {}


def test_whole_numbers_come_as_integers() -> None:
    assert repr(plain(bag(port=443.0))) == "{'port': 443}"


def test_unknown_values_of_every_kind_are_unknown() -> None:
    kinds = enumerate(wire._UNKNOWN_OF_ANY_KIND)
    found = plain(bag(**{str(number): text for number, text in kinds}))

    assert len(found) == 7
    assert set(found.values()) == {UNKNOWN}
    assert plain(encode({"a": UNKNOWN})) == {"a": UNKNOWN}


def test_an_unknown_value_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [{"b": UNKNOWN}]})
    assert not contains_unknown({"a": [{"b": "x"}]})


def test_secrets_are_taken_off_and_put_back_where_they_were() -> None:
    secret = marked(wire.SECRET, value="hidden")
    values, secrets = decode(bag(tags={"a": "open", "b": secret}))

    assert values == {"tags": {"a": "open", "b": "hidden"}}
    assert secrets == {("tags", "b")}
    sent = json_format.MessageToDict(encode(values, secrets))
    assert sent["tags"]["a"] == "open"
    assert sent["tags"]["b"] == {wire.SIGNATURE: wire.SECRET, "value": "hidden"}


def test_a_secret_in_a_list_makes_the_list_secret() -> None:
    values, secrets = decode(bag(names=["a", marked(wire.SECRET, value="b")]))

    assert values == {"names": ["a", "b"]}
    assert secrets == {("names",)}
    assert decode(encode(values, secrets)) == (values, secrets)


def test_outputs_are_their_values() -> None:
    known = marked(wire.OUTPUT, value="vpc-1", secret=True, dependencies=["urn"])
    values, secrets = decode(bag(a=known, b=marked(wire.OUTPUT)))

    assert values == {"a": "vpc-1", "b": UNKNOWN}
    assert secrets == {("a",)}


def test_a_reference_to_a_resource_is_its_id() -> None:
    assert plain(bag(a=marked(wire.RESOURCE, urn="u", id="vpc-1"))) == {"a": "vpc-1"}
    assert plain(bag(a=marked(wire.RESOURCE, urn="u"))) == {"a": UNKNOWN}


def test_assets_and_archives_are_foreign() -> None:
    values = plain(
        bag(a=marked(rpc._special_asset_sig, text="x"), b=marked(rpc._special_archive_sig))
    )

    assert values == {"a": Foreign("asset"), "b": Foreign("archive")}
