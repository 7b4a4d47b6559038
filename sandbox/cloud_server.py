"""The cloud's process: moto's server, with two things that an operator types and moto drops.

The sandbox's provider makes up for moto in its own calls. What is typed with the AWS CLI reaches
moto as it is. To start and to empty moto takes seconds, so work whose result nobody sees is left
out.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidNetworkAttachmentIdError
from moto.ec2.models import EC2Backend
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.iam.models import IAMBackend, ManagedPolicy
from moto.server import main

_modify = ElasticNetworkInterfaces.modify_network_interface_attribute
_load_aws_policies = IAMBackend._init_aws_policies  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _modify_all(self: ElasticNetworkInterfaces) -> ActionResult:
    """Take a description away, and let an interface stay or go when its instance ends."""
    answer = _modify(self)
    interface = self.ec2_backend.get_network_interface(_given(self, "NetworkInterfaceId"))
    if _given(self, "Description.Value") == "":
        interface.description = ""
    attachment: dict[str, Any] = _given(self, "Attachment") or {}
    if attachment:
        if attachment.get("AttachmentId") != interface.attachment_id:
            raise InvalidNetworkAttachmentIdError(attachment.get("AttachmentId", ""))
        interface.delete_on_termination = attachment.get("DeleteOnTermination") is True
    return answer


def _given(request: ElasticNetworkInterfaces, name: str) -> Any:
    return request._get_param(name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _aws_policies(self: IAMBackend) -> list[ManagedPolicy]:
    """Load AWS's own policies for the one partition whose roles can have them.

    moto builds the IAM of every partition at the first call, and loads 1500 policies for each.
    """
    return _load_aws_policies(self) if self.partition == "aws" else []


def _leave_as_it_is(self: EC2Backend | IAMBackend) -> None:
    """Do nothing: moto drops every backend after its reset, so a reset builds images in vain."""
    del self


if __name__ == "__main__":
    IAMBackend._init_aws_policies = _aws_policies  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    IAMBackend.reset = EC2Backend.reset = _leave_as_it_is
    ElasticNetworkInterfaces.modify_network_interface_attribute = _modify_all
    main()
