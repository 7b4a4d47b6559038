"""What may be asked of an instance in its state; moto starts and stops terminated ones."""

from sandbox.provider.cloud import Cloud, refuse

_ENDED = ("shutting-down", "terminated")


def stop_instance(cloud: Cloud, identity: str) -> None:
    """Stop an instance, unless AWS would refuse it.

    The words of the refusal: ansible-collections/amazon.aws #146.
    """
    if _has_ended(cloud, identity):
        words = f"This instance '{identity}' is not in a state from which it can be stopped."
        refuse("StopInstances", "IncorrectInstanceState", words)
    cloud.ec2.stop_instances(InstanceIds=[identity])


def start_instance(cloud: Cloud, identity: str) -> None:
    """Start an instance, unless AWS would refuse it."""
    if _has_ended(cloud, identity):
        words = f"The instance '{identity}' is not in a state from which it can be started."
        refuse("StartInstances", "IncorrectInstanceState", words)
    cloud.ec2.start_instances(InstanceIds=[identity])


def refuse_ended(cloud: Cloud, identity: str) -> None:
    """Refuse to change an instance that has ended; no source tells AWS's words."""
    if _has_ended(cloud, identity):
        words = f"The instance '{identity}' is terminated."
        refuse("ModifyInstanceAttribute", "IncorrectInstanceState", words)


def _has_ended(cloud: Cloud, identity: str) -> bool:
    found = cloud.find("describe_instances", "Reservations", InstanceIds=[identity])
    return bool(found) and found["Instances"][0]["State"]["Name"] in _ENDED
