import pytest

from tests.support.provider import Created, FailedError, Instance, unique, unknowns

PAIR = "aws:ec2/keyPair:KeyPair"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILj0m0GqXZ1PoFAG4Cz7u2oSLPjlwzJx6zKhcsk1SK8v someone"
OTHER = KEY.replace("Lj0m0", "Lj0m1")


@pytest.fixture
def pair(aws: Instance) -> Created:
    return aws.create(PAIR, keyName=unique("key"), publicKey=KEY, tags={"Name": "key"})


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(PAIR, publicKey=KEY)) == {
        "id", "arn", "fingerprint", "keyNamePrefix", "keyPairId", "keyType",
    }  # fmt: skip


def test_another_key_or_name_needs_another_pair_and_white_space_does_not(pair: Created) -> None:
    assert pair.diff(publicKey=OTHER).kinds == {"publicKey": "UPDATE_REPLACE"}
    assert pair.diff(keyName="other").kinds == {"keyName": "UPDATE_REPLACE"}
    assert pair.diff(publicKey=f"{KEY}\n").kinds == {}


def test_a_pair_is_retagged_and_deleted(pair: Created) -> None:
    changed = pair.update(tags={"Name": "other"})
    assert changed["tags"] == {"Name": "other"}
    changed.delete()
    assert changed.refresh() is None


def test_an_instance_may_be_launched_with_it(aws: Instance, pair: Created) -> None:
    from tests.support.compute import launch, make_network

    assert launch(aws, make_network(aws), keyName=pair.id)["keyName"] == pair.id


def test_a_second_pair_of_a_name_is_refused(aws: Instance, pair: Created) -> None:
    with pytest.raises(FailedError, match=r"InvalidKeyPair\.Duplicate"):
        aws.create(PAIR, keyName=pair.id, publicKey=KEY)
