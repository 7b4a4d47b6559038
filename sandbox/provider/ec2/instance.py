"""aws:ec2/instance:Instance.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/ec2/ec2_instance.go.
"""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.instance_changes import change_instance, finish_launch, protect
from sandbox.provider.ec2.instance_launch import launch
from sandbox.provider.ec2.instance_live import find_instance, read_instance
from sandbox.provider.ec2.instance_properties import INSTANCE_PROPERTIES, UNMODELLED
from sandbox.provider.resource import Change, Resource
from sandbox.provider.wire import UNKNOWN, Properties

_ONLY_OFF = ("getPasswordData", "hibernation")
_USER_DATA = ("userData", "userDataBase64")


class Instance(Resource):
    """A virtual machine."""

    pulumi_name = "aws:ec2/instance:Instance"
    noun = "EC2 Instance"
    properties: ClassVar = INSTANCE_PROPERTIES
    unmodelled = UNMODELLED
    at_least_one_of = (("ami", "launchTemplate"), ("instanceType", "launchTemplate"))
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Keep tags of all volumes and of one apart; name what can only be left off here."""
        for name in _ONLY_OFF:
            if inputs.get(name) is True:
                yield Fault(name, f"{name} may only be false: the sandbox does not model it")
        devices = inputs.get("ebsBlockDevices")
        tagged = {
            f"ebsBlockDevices[{index}].tags": each
            for index, each in enumerate([] if devices in (None, UNKNOWN) else devices)
        }
        tagged["rootBlockDevice.tags"] = inputs.get("rootBlockDevice")
        for path, device in tagged.items():
            if inputs.get("volumeTags") and device not in (None, UNKNOWN) and device.get("tags"):
                yield Fault(path, f"{path} conflicts with volumeTags; give only one of them")

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace for new user data on demand, for other devices and another processor always."""
        if name in _USER_DATA:
            return inputs.get("userDataReplaceOnChange") is True
        if name == "ebsBlockDevices":
            return _device_names(state) != _device_names(inputs)
        if name == "instanceType" and inputs["instanceType"] is not UNKNOWN:
            return _is_arm(state["instanceType"]) != _is_arm(inputs["instanceType"])
        return False

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Launch the instance."""
        return launch(cloud, inputs)

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set what a launch cannot."""
        finish_launch(cloud, identity, inputs)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the instance; a terminated one is gone."""
        return read_instance(cloud, identity, known)

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change it in place, with a restart where AWS needs one."""
        change_instance(cloud, identity, change)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Terminate the instance; protection is lifted only when `forceDestroy` says so."""
        if find_instance(cloud, identity) is None:
            return
        if state.get("forceDestroy"):
            for name in ("disableApiStop", "disableApiTermination"):
                protect(cloud, identity, name, on=False)
        cloud.ec2.terminate_instances(InstanceIds=[identity])


def _device_names(properties: Properties) -> set[str] | None:
    devices: Any = properties.get("ebsBlockDevices") or []
    return None if devices is UNKNOWN else {each["deviceName"] for each in devices}


def _is_arm(kind: str) -> bool:
    """Tell Graviton families (a1, m6g, c7gn, ...): another architecture needs another image."""
    family = kind.partition(".")[0]
    return family == "a1" or re.fullmatch(r"[a-z]+\d+g[a-z]*", family) is not None
