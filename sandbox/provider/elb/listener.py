"""aws:lb/listener:Listener (upstream: internal/service/elbv2/listener.go)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.elb.attributes import Attributes, attribute, from_aws, out_of_limits, to_aws
from sandbox.provider.elb.listener_actions import (
    ACTIONS,
    UNMODELLED,
    action_faults,
    actions_from_aws,
    actions_to_aws,
)
from sandbox.provider.elb.listener_refusals import refuse_bad_listener, require_load_balancer
from sandbox.provider.elb.load_balancer_attributes import APPLICATION
from sandbox.provider.elb.tags import change_tags, live_tags, new_tags
from sandbox.provider.elb.target_group_attributes import HTTP, PROTOCOLS
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import Kind, Property, boolean, number, object_of, string
from sandbox.provider.tags import Tags
from sandbox.provider.values import arn, between, one_of, upper_case
from sandbox.provider.wire import Properties

_ATTRIBUTES: Attributes = {
    "tcpIdleTimeoutSeconds": attribute(
        "tcp.idle_timeout.seconds", Kind.NUMBER, ["TCP", "GENEVE"], limits=(60, 6000)
    )
}
_HEADERS = (
    "routingHttpRequestXAmznMtlsClientcertHeaderName",
    "routingHttpRequestXAmznMtlsClientcertIssuerHeaderName",
    "routingHttpRequestXAmznMtlsClientcertLeafHeaderName",
    "routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName",
    "routingHttpRequestXAmznMtlsClientcertSubjectHeaderName",
    "routingHttpRequestXAmznMtlsClientcertValidityHeaderName",
    "routingHttpRequestXAmznTlsCipherSuiteHeaderName",
    "routingHttpRequestXAmznTlsVersionHeaderName",
    "routingHttpResponseAccessControlAllowCredentialsHeaderValue",
    "routingHttpResponseAccessControlAllowHeadersHeaderValue",
    "routingHttpResponseAccessControlAllowMethodsHeaderValue",
    "routingHttpResponseAccessControlAllowOriginHeaderValue",
    "routingHttpResponseAccessControlExposeHeadersHeaderValue",
    "routingHttpResponseAccessControlMaxAgeHeaderValue",
    "routingHttpResponseContentSecurityPolicyHeaderValue",
    "routingHttpResponseStrictTransportSecurityHeaderValue",
    "routingHttpResponseXContentTypeOptionsHeaderValue",
    "routingHttpResponseXFrameOptionsHeaderValue",
)
_SERVER = "routingHttpResponseServerEnabled"
_OUTPUTS: Mapping[str, Property] = {
    "mutualAuthentication": object_of({}, output=True),
    **{name: string(output=True) for name in _HEADERS},
    _SERVER: boolean(output=True),
}


class Listener(Resource):
    """A port of a load balancer, and what becomes of the requests that come in there."""

    pulumi_name = "aws:lb/listener:Listener"
    noun = "ELBv2 Listener"
    properties: ClassVar = {
        "alpnPolicy": string(
            valid=(one_of("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"),)
        ),
        "certificateArn": string(valid=(arn,)),
        "defaultActions": ACTIONS,
        "loadBalancerArn": string(required=True, replaces=True, valid=(arn,)),
        "port": number(valid=(between(1, 65535),)),
        "protocol": string(
            computed=True,
            stored=upper_case,
            normal=upper_case,
            valid=(lambda value: one_of(*PROTOCOLS)(upper_case(value)),),
        ),
        "sslPolicy": string(computed=True),
        "tcpIdleTimeoutSeconds": number(computed=True),
        "arn": string(output=True),
        **_OUTPUTS,
    }
    unmodelled = (*UNMODELLED, *_OUTPUTS)
    tagged = True

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Hold each action against its type."""
        yield from action_faults(inputs["defaultActions"])

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the listener; an application load balancer's speaks HTTP unless told."""
        balancer = require_load_balancer(cloud, "CreateListener", inputs["loadBalancerArn"])
        if not inputs.get("protocol") and balancer["Type"] == APPLICATION:
            inputs = {**inputs, "protocol": "HTTP"}
        refuse_bad_listener(cloud, "CreateListener", balancer, inputs)
        _refuse_limits("CreateListener", inputs)
        answer = cloud.client("elbv2").create_listener(
            LoadBalancerArn=inputs["loadBalancerArn"],
            DefaultActions=actions_to_aws(inputs["defaultActions"]),
            **new_tags(inputs),
            **_arguments(inputs, ("port", "protocol", "sslPolicy", "certificateArn")),
            **({"AlpnPolicy": [inputs["alpnPolicy"]]} if inputs.get("alpnPolicy") else {}),
        )
        return answer["Listeners"][0]["ListenerArn"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set the attributes that CreateListener does not take."""
        _modify(cloud, identity, inputs, _ATTRIBUTES)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the listener."""
        elb = cloud.client("elbv2")
        live = elb.describe_listeners(ListenerArns=[identity])["Listeners"][0]
        attributes = elb.describe_listener_attributes(ListenerArn=identity)["Attributes"]
        protocol = live.get("Protocol") or ""
        certificates: list[dict[str, str]] = live.get("Certificates") or [{}]
        secure = protocol in ("HTTPS", "TLS")
        return {
            **from_aws(_ATTRIBUTES, protocol or "GENEVE", attributes),
            **dict.fromkeys(_HEADERS, ""),
            _SERVER: protocol in HTTP,
            "alpnPolicy": next(iter(live.get("AlpnPolicy") or []), None),
            "arn": identity,
            "certificateArn": certificates[0].get("CertificateArn"),
            "defaultActions": actions_from_aws(
                live["DefaultActions"], known.get("defaultActions") or []
            ),
            "loadBalancerArn": live["LoadBalancerArn"],
            "mutualAuthentication": {"mode": "off"} if protocol == "HTTPS" else {},
            "port": live.get("Port"),
            "protocol": protocol,
            # moto names a policy for listeners without encryption too.
            "sslPolicy": live.get("SslPolicy", "") if secure else "",
            "tags": live_tags(cloud, identity),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change everything but the load balancer."""
        inputs = {"protocol": change.state["protocol"] or None, **change.inputs}
        inputs = {name: value for name, value in inputs.items() if value is not None}
        _refuse_limits("ModifyListener", inputs)
        if change.names - {"tags", "tagsAll", *_ATTRIBUTES}:
            _refuse_unmodelled(change)
            balancer = require_load_balancer(cloud, "ModifyListener", inputs["loadBalancerArn"])
            refuse_bad_listener(cloud, "ModifyListener", balancer, inputs, identity)
            changed = _arguments(inputs, change.names)
            if change.touches("defaultActions"):
                changed["DefaultActions"] = actions_to_aws(inputs["defaultActions"])
            cloud.client("elbv2").modify_listener(ListenerArn=identity, **changed)
        _modify(cloud, identity, inputs, change.names)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the listener."""
        del state
        cloud.client("elbv2").delete_listener(ListenerArn=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        change_tags(cloud, identity, removed, added)


def _arguments(inputs: Properties, names: Iterable[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "port": ("Port", inputs.get("port") and int(inputs["port"])),
        "protocol": ("Protocol", upper_case(inputs.get("protocol"))),
        "sslPolicy": ("SslPolicy", inputs.get("sslPolicy")),
        "certificateArn": ("Certificates", [{"CertificateArn": inputs.get("certificateArn")}]),
    }
    given = {name for name in names if name in told and inputs.get(name)}
    return {argument: value for name, (argument, value) in told.items() if name in given}


def _scope(inputs: Properties) -> str:
    return upper_case(inputs.get("protocol")) or "GENEVE"


def _refuse_limits(operation: str, inputs: Properties) -> None:
    words = out_of_limits(_ATTRIBUTES, _scope(inputs), inputs)
    if words:
        refuse(operation, "ValidationError", words)


def _modify(cloud: Cloud, identity: str, inputs: Properties, names: Iterable[str]) -> None:
    attributes = to_aws(_ATTRIBUTES, _scope(inputs), inputs, names)
    if attributes:
        cloud.client("elbv2").modify_listener_attributes(
            ListenerArn=identity, Attributes=attributes
        )


def _refuse_unmodelled(change: Change) -> None:
    """Say what moto would silently leave as it was, or refuses although AWS does not."""
    protocol = upper_case(change.inputs.get("protocol"))
    if change.touches("alpnPolicy") or (
        change.touches("protocol") and protocol not in ("HTTP", "HTTPS", "TCP")
    ):
        name = "alpnPolicy" if change.touches("alpnPolicy") else "protocol"
        words = (
            f"the sandbox cannot change {name} of a listener in place, as AWS can; replace the "
            "listener with `pulumi up --replace URN`"
        )
        refuse("ModifyListener", "UnsupportedOperation", words)
