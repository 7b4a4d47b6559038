"""The cloud's process: moto's server, with two things that an operator types and moto drops.

The sandbox's provider makes up for moto in its own calls. What is typed with the AWS CLI reaches
moto as it is.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidNetworkAttachmentIdError
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.server import main

_modify = ElasticNetworkInterfaces.modify_network_interface_attribute


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


if __name__ == "__main__":
    ElasticNetworkInterfaces.modify_network_interface_attribute = _modify_all
    main()
