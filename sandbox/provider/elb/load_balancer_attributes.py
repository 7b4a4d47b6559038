"""The attributes of load balancers, with the defaults that upstream plans.

Upstream: `loadBalancerAttributes` in internal/service/elbv2/load_balancer.go. Limits:
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.elb.attributes import Attributes, attribute
from sandbox.provider.schema import Kind, Property, Suppressor, boolean, number, string
from sandbox.provider.values import one_of

APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
TYPES = (APPLICATION, GATEWAY, NETWORK)
DELETION_PROTECTION = "deletion_protection.enabled"

ATTRIBUTES: Attributes = {
    "clientKeepAlive": attribute(
        "client_keep_alive.seconds", Kind.NUMBER, [APPLICATION], limits=(60, 604800)
    ),
    "desyncMitigationMode": attribute(
        "routing.http.desync_mitigation_mode", Kind.STRING, [APPLICATION]
    ),
    "dnsRecordClientRoutingPolicy": attribute(
        "dns_record.client_routing_policy", Kind.STRING, [NETWORK]
    ),
    "dropInvalidHeaderFields": attribute(
        "routing.http.drop_invalid_header_fields.enabled", Kind.BOOLEAN, [APPLICATION]
    ),
    "enableCrossZoneLoadBalancing": attribute(
        "load_balancing.cross_zone.enabled", Kind.BOOLEAN, [NETWORK, GATEWAY]
    ),
    "enableDeletionProtection": attribute(DELETION_PROTECTION, Kind.BOOLEAN, TYPES),
    "enableHttp2": attribute("routing.http2.enabled", Kind.BOOLEAN, [APPLICATION]),
    "enableTlsVersionAndCipherSuiteHeaders": attribute(
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", Kind.BOOLEAN, [APPLICATION]
    ),
    "enableWafFailOpen": attribute("waf.fail_open.enabled", Kind.BOOLEAN, [APPLICATION]),
    "enableXffClientPort": attribute(
        "routing.http.xff_client_port.enabled", Kind.BOOLEAN, [APPLICATION]
    ),
    "enableZonalShift": attribute(
        "zonal_shift.config.enabled", Kind.BOOLEAN, [APPLICATION, NETWORK]
    ),
    "idleTimeout": attribute(
        "idle_timeout.timeout_seconds", Kind.NUMBER, [APPLICATION], limits=(1, 4000)
    ),
    "preserveHostHeader": attribute(
        "routing.http.preserve_host_header.enabled", Kind.BOOLEAN, [APPLICATION]
    ),
    "xffHeaderProcessingMode": attribute(
        "routing.http.xff_header_processing.mode", Kind.STRING, [APPLICATION]
    ),
}


def _not_of(name: str) -> Suppressor:
    """Let a property that a load balancer of this type does not have make no difference."""

    def suppressed(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
        del old, new
        return inputs.get("loadBalancerType") not in ATTRIBUTES[name].having

    return suppressed


def _flag(name: str, *, default: bool) -> Property:
    return boolean(default=default, suppressed=_not_of(name))


DECLARED: Mapping[str, Property] = {
    "clientKeepAlive": number(default=3600, suppressed=_not_of("clientKeepAlive")),
    "desyncMitigationMode": string(
        default="defensive",
        valid=(one_of("monitor", "defensive", "strictest"),),
        suppressed=_not_of("desyncMitigationMode"),
    ),
    "dnsRecordClientRoutingPolicy": string(
        default="any_availability_zone",
        valid=(
            one_of(
                "availability_zone_affinity",
                "partial_availability_zone_affinity",
                "any_availability_zone",
            ),
        ),
        suppressed=_not_of("dnsRecordClientRoutingPolicy"),
    ),
    "dropInvalidHeaderFields": _flag("dropInvalidHeaderFields", default=False),
    "enableCrossZoneLoadBalancing": _flag("enableCrossZoneLoadBalancing", default=False),
    "enableDeletionProtection": boolean(default=False),
    "enableHttp2": _flag("enableHttp2", default=True),
    "enableTlsVersionAndCipherSuiteHeaders": _flag(
        "enableTlsVersionAndCipherSuiteHeaders", default=False
    ),
    "enableWafFailOpen": _flag("enableWafFailOpen", default=False),
    "enableXffClientPort": _flag("enableXffClientPort", default=False),
    "enableZonalShift": _flag("enableZonalShift", default=False),
    "idleTimeout": number(default=60, suppressed=_not_of("idleTimeout")),
    "preserveHostHeader": _flag("preserveHostHeader", default=False),
    "xffHeaderProcessingMode": string(
        default="append",
        valid=(one_of("append", "preserve", "remove"),),
        suppressed=_not_of("xffHeaderProcessingMode"),
    ),
}
