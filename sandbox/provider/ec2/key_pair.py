"""aws:ec2/keyPair:KeyPair (upstream: internal/service/ec2/ec2_key_pair.go)."""

from collections.abc import Iterable
from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Resource
from sandbox.provider.schema import string
from sandbox.provider.tags import Tags, from_aws, specification, to_aws
from sandbox.provider.values import length
from sandbox.provider.wire import Properties


class KeyPair(Resource):
    """A public key that instances let in; AWS never tells it again."""

    pulumi_name = "aws:ec2/keyPair:KeyPair"
    noun = "EC2 Key Pair"
    properties: ClassVar = {
        "keyName": string(
            computed=True,
            named=True,
            replaces=True,
            conflicts_with=("keyNamePrefix",),
            valid=(length(0, 255),),
        ),
        "keyNamePrefix": string(computed=True, replaces=True, conflicts_with=("keyName",)),
        "publicKey": string(required=True, replaces=True, stored=str.strip, normal=str.strip),
        "arn": string(output=True),
        "fingerprint": string(output=True),
        "keyPairId": string(output=True),
        "keyType": string(output=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Hand the public key over; the name is the id."""
        given = {"name": inputs.get("keyName"), "namePrefix": inputs.get("keyNamePrefix")}
        name = name_from(given)
        cloud.ec2.import_key_pair(
            KeyName=name,
            PublicKeyMaterial=inputs["publicKey"].strip().encode(),
            TagSpecifications=specification("key-pair", inputs),
        )
        return name

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the pair without its key."""
        del known
        pair = cloud.find("describe_key_pairs", "KeyPairs", KeyNames=[identity])
        if pair is None:
            return None
        return {
            "arn": cloud.arn("ec2", f"key-pair/{identity}"),
            "fingerprint": pair["KeyFingerprint"],
            "keyName": identity,
            "keyNamePrefix": prefix_of(identity),
            "keyPairId": pair["KeyPairId"],
            "keyType": pair.get("KeyType", "rsa"),
            "tags": from_aws(pair.get("Tags", [])),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the pair."""
        del state
        cloud.ec2.delete_key_pair(KeyName=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags, which AWS keeps under the pair's own id."""
        pair = cloud.ec2.describe_key_pairs(KeyNames=[identity])["KeyPairs"][0]
        gone = [{"Key": key} for key in sorted(removed)]
        if gone:
            cloud.ec2.delete_tags(Resources=[pair["KeyPairId"]], Tags=gone)
        if added:
            cloud.ec2.create_tags(Resources=[pair["KeyPairId"]], Tags=to_aws(added))
