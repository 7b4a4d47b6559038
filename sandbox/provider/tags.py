"""Tags: a resource's own, and all of them together with the provider's default tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.schema import Property, map_of, string
from sandbox.provider.wire import UNKNOWN, Properties, contains_unknown

Tags = dict[str, str]

# Upstream puts tagsAll among the checked inputs, so a new default tag shows as a change of it
# (pulumi-aws, provider/tags.go).
TAG_PROPERTIES: Mapping[str, Property] = {
    "tags": map_of(string()),
    "tagsAll": map_of(string(), derived=True),
}


@dataclass(frozen=True)
class TagRules:
    """A provider's `defaultTags` and `ignoreTags`."""

    defaults: Tags = field(default_factory=dict[str, str])
    ignored_keys: tuple[str, ...] = ()
    ignored_prefixes: tuple[str, ...] = ()

    def merge(self, tags: Any) -> Any:
        """Return all tags for a resource's own; unknown when any of these is."""
        if contains_unknown(tags):
            return UNKNOWN
        return self.managed({**self.defaults, **(tags or {})})

    def managed(self, tags: Tags) -> Tags:
        """Leave out what `ignoreTags` names and what AWS itself attached."""
        return {
            key: value
            for key, value in tags.items()
            if key not in self.ignored_keys and not key.startswith((*self.ignored_prefixes, "aws:"))
        }

    def split(self, live: Tags, known: Tags) -> Properties:
        """Return `tags` and `tagsAll` for live tags.

        A default tag does not count as the resource's own, unless it is known to set it itself.
        """
        everything = self.managed(live)
        own = {
            key: value
            for key, value in everything.items()
            if self.defaults.get(key) != value or key in known
        }
        return {"tags": own, "tagsAll": everything}


def from_aws(tags: list[dict[str, str]]) -> Tags:
    """Turn AWS's list of keys and values into a map."""
    return {each["Key"]: each["Value"] for each in tags}


def to_aws(tags: Tags) -> list[dict[str, str]]:
    """Turn a map into AWS's list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def retag_by_arn(client: Any, resource: str, removed: Iterable[str], added: Tags) -> None:
    """Change tags through an API that names what it tags by `ResourceARN`."""
    gone = sorted(removed)
    if gone:
        client.untag_resource(ResourceARN=resource, TagKeys=gone)
    if added:
        client.tag_resource(ResourceARN=resource, Tags=to_aws(added))


def specification(kind: str, inputs: Properties) -> list[dict[str, Any]]:
    """Return the `TagSpecifications` with which EC2 creates a thing of this kind."""
    tags: Tags = inputs.get("tagsAll") or {}
    return [{"ResourceType": kind, "Tags": to_aws(tags)}] if tags else []
