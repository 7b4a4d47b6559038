"""What a resource type is here, and how to add one.

A type is one small class. It *declares* its properties; checking inputs, previewing, comparing,
importing, default tags, the per-resource region and error texts follow from that. It *does* four
things through a `Cloud`: create, read, update, delete. `vpc.py` and `subnet.py` are the worked
examples; in short:

    class KeyPair(Resource):
        pulumi_name = "aws:ec2/keyPair:KeyPair"      # as in the Pulumi SDK
        noun = "EC2 Key Pair"                        # errors say "creating EC2 Key Pair: ..."
        properties: ClassVar = {                     # names as in the Pulumi SDK
            "keyName": string(named=True, replaces=True),
            "publicKey": string(required=True, replaces=True),
            "fingerprint": string(output=True),
        }
        unmodelled = ("keyNamePrefix",)              # giving one is an error that says so
        tagged = True                                # adds tags and tagsAll

        def create(self, cloud, inputs):             # returns the id
            answer = cloud.ec2.import_key_pair(
                KeyName=inputs["keyName"],
                PublicKeyMaterial=inputs["publicKey"],
                TagSpecifications=specification("key-pair", inputs),
            )
            return answer["KeyName"]

        def read(self, cloud, identity, known):      # None: it does not exist
            pair = cloud.find("describe_key_pairs", "KeyPairs", KeyNames=[identity])
            return pair and {"keyName": identity, "fingerprint": pair["KeyFingerprint"],
                             "tags": from_aws(pair["Tags"])}

        def delete(self, cloud, identity, state):
            cloud.ec2.delete_key_pair(KeyName=identity)

Then name the class in `registry.py`, and let `python -m sandbox.provider.table` write the table.

- `create` makes the thing and returns its id. What comes after belongs in `configure`: when that
  fails, the thing is kept in the state as created but not finished, as upstream does.
- `read` returns live values by property name. Left out: AWS does not tell, the known value stays.
  None: AWS has none. A tagged type returns its raw live tags as `tags`.
- `update` is given the new inputs and the set of names that changed; tags are not its business.
- `delete` may let `...NotFound` through: gone is gone. Other AWS errors reach the user as they are.
- What AWS refuses and moto accepts: `refuse("CreateSubnet", "InvalidSubnet.Conflict", "...")`.
- A type that upstream writes with `@FrameworkResource` says `on_plugin_framework = True`: a failed
  create or update of it leaves the state as it was, where other types save what was planned.
- Rules over several properties that upstream checks at plan time: `faults`. Upstream's
  `CustomizeDiff` with `ForceNewIf`: `forces_replacement`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.regions import known_region
from sandbox.provider.schema import Property, Schema, string
from sandbox.provider.tags import TAG_PROPERTIES, Tags, to_aws
from sandbox.provider.wire import Properties

# Of every regional type, in version 7 of the real provider.
REGION: Property = string(computed=True, replaces=True, valid=(known_region,))


@dataclass(frozen=True)
class Change:
    """An update: the last known state, the new inputs, and the names that differ.

    Paths in `ignored` are the resource's `ignoreChanges`; what they cover does not differ.
    """

    state: Properties
    inputs: Properties
    names: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    def touches(self, *names: str) -> bool:
        """Tell whether any of these properties changes."""
        return not self.names.isdisjoint(names)


class Resource:
    """A resource type; see the module's text. Instances hold nothing and are shared by threads."""

    pulumi_name: ClassVar[str]
    noun: ClassVar[str]
    properties: ClassVar[Mapping[str, Property]]
    unmodelled: ClassVar[tuple[str, ...]] = ()
    exactly_one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    at_least_one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    tagged: ClassVar[bool] = False
    regional: ClassVar[bool] = True
    delete_before_replace: ClassVar[bool] = False
    on_plugin_framework: ClassVar[bool] = False
    schema: ClassVar[Schema]

    def __init_subclass__(cls) -> None:
        """Put the schema together once the class has declared itself."""
        super().__init_subclass__()
        if not hasattr(cls, "pulumi_name"):
            return  # a base of several types
        cls.schema = Schema(
            name=cls.pulumi_name,
            properties={
                **cls.properties,
                **(TAG_PROPERTIES if cls.tagged else {}),
                **({"region": REGION} if cls.regional else {}),
            },
            unmodelled=cls.unmodelled,
            exactly_one_of=cls.exactly_one_of,
            at_least_one_of=cls.at_least_one_of,
        )

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Yield what is wrong with the inputs as a whole; any of them may be `UNKNOWN`."""
        del inputs
        return ()

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Tell whether this change of a property needs another resource, beyond `replaces`."""
        del name, state, inputs
        return False

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create it and return its id.

        What only this moment tells (AWS will not) it puts into the inputs, from where it reaches
        the state.
        """
        raise NotImplementedError

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Do what is left to do after it exists."""

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the live values, or None when it does not exist; `known` is the last state."""
        raise NotImplementedError

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change it in place."""

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it."""
        raise NotImplementedError

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Turn the id that an import gives into the resource's own, and what it says of it.

        Raises ValueError for a malformed id; the message says which form is right.
        """
        del cloud
        return import_id, {}

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags; the default is for things of EC2 whose id is the resource's."""
        gone = [{"Key": key} for key in sorted(removed)]
        if gone:
            cloud.ec2.delete_tags(Resources=[identity], Tags=gone)
        if added:
            cloud.ec2.create_tags(Resources=[identity], Tags=to_aws(added))


def pick(inputs: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    """Return AWS arguments for the inputs that are given: `{"vpcId": "VpcId"}`."""
    return {
        argument: inputs[name]
        for name, argument in names.items()
        if inputs.get(name) not in (None, "")
    }
