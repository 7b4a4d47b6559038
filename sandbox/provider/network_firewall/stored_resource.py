"""What firewalls, their policies and rule groups have in common."""

from collections.abc import Iterable

from sandbox.provider.cloud import Cloud
from sandbox.provider.network_firewall import store
from sandbox.provider.resource import Resource
from sandbox.provider.tags import Tags
from sandbox.provider.wire import Properties


class StoredResource(Resource):
    """A thing in the store, under its ARN."""

    tagged = True

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return what the store holds."""
        del known
        record = store.find(cloud, identity)
        return None if record is None else store.read_back(record)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        store.retag(cloud, identity, removed, added)
