"""The pack's policies as a catalogue: what each promises, how severe it is, how to fix it."""

from dataclasses import dataclass
from typing import Final

from pulumi_policy import (
    EnforcementLevel,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    Severity,
)

from guardrails.options.table import ADVISORY_EXITS, GUESSING, OPTIONS, ROUTES, RULES, SOUND
from guardrails.rules import (
    endpoints,
    private_subnets,
    usable_and_narrow,
    vip_check,
    vip_outside_vpc,
)
from guardrails.rules.rule import Rule

MANDATORY: Final = EnforcementLevel.MANDATORY
ADVISORY: Final = EnforcementLevel.ADVISORY
OFF: Final = EnforcementLevel.DISABLED

_GUIDE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One policy as users see it."""

    name: str
    title: str
    description: str
    level: EnforcementLevel
    severity: Severity
    remedy: str
    url: str
    framework: PolicyComplianceFramework | None = None

    @property
    def schema(self) -> PolicyConfigSchema | None:
        """The options of the policy, with their defaults."""
        options = OPTIONS.get(self.name)
        return PolicyConfigSchema(properties=dict(options)) if options else None


def _of_rule(
    rule: Rule,
    *,
    title: str,
    description: str,
    level: EnforcementLevel,
    url: str,
    framework: PolicyComplianceFramework | None = None,
) -> Entry:
    return Entry(
        name=rule.name,
        title=title,
        description=description,
        level=level,
        severity=Severity(rule.severity.value),
        remedy=f"{rule.remedy[:1].upper()}{rule.remedy[1:]}.",
        url=url,
        framework=framework,
    )


_RULES: Final = (
    _of_rule(
        private_subnets.RULE,
        title="Private subnets have no route to the internet",
        description="No private subnet has an egress path to the internet: neither through an"
        " internet, NAT, egress-only or carrier gateway, nor through a neighbour that has one.",
        level=MANDATORY,
        url=f"{_GUIDE}/subnet-route-tables.html",
        framework=PolicyComplianceFramework(
            name="NIST SP 800-53",
            version="Rev. 5",
            reference="SC-7(5)",
            specification="Boundary protection: deny by default, allow by exception.",
        ),
    ),
    _of_rule(
        endpoints.RULE,
        title="Endpoints admit only HTTPS",
        description="The security groups of a VPC interface endpoint admit tcp/443 and nothing"
        " else, whatever the source.",
        level=MANDATORY,
        url="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        framework=PolicyComplianceFramework(
            name="AWS Well-Architected Framework",
            version="Security pillar",
            reference="SEC05-BP02",
            specification="Control traffic flow within your network layers.",
        ),
    ),
    _of_rule(
        vip_outside_vpc.RULE,
        title="Virtual IP addresses are outside of their VPC",
        description="A cluster's virtual IP address lies outside of every address range of its"
        " VPC: AWS refuses a route to a host inside of it.",
        level=MANDATORY,
        url=f"{_GUIDE}/subnet-route-tables.html",
        framework=PolicyComplianceFramework(
            name="AWS Well-Architected Framework",
            version="Reliability pillar",
            reference="REL02-BP05",
            specification="Enforce non-overlapping private IP address ranges.",
        ),
    ),
)
_COMPANIONS: Final = (
    _of_rule(
        vip_check.RULE,
        title="Virtual IP addresses are complete",
        description="A virtual IP address is routed in every table that clients use, to an"
        " interface that takes traffic for addresses other than its own.",
        level=ADVISORY,
        url="https://docs.aws.amazon.com/sap/latest/sap-hana/sap-hana-on-aws-move-the-ip-resource.html",
    ),
    Entry(
        name=ADVISORY_EXITS,
        title="Private subnets use no exit that is to go",
        description="No private subnet has an egress path of a kind that `advisoryExits` of"
        f" {ROUTES} names.",
        level=ADVISORY,
        severity=Severity.MEDIUM,
        remedy="Remove the route that the message names. When none is left, take the kind out of"
        " advisoryExits.",
        url=f"{_GUIDE}/subnet-route-tables.html",
    ),
    _of_rule(
        usable_and_narrow.RULE,
        title="Endpoints are usable and narrow",
        description="An endpoint admits HTTPS from somebody but not from the whole internet, a"
        " private subnet hands out no public addresses and is not exempt from VPC Block Public"
        " Access, and no `ignoreChanges` leave to others"
        " what a rule judges.",
        level=ADVISORY,
        url="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    ),
    Entry(
        name="facts-are-missing",
        title="Every fact that a rule needs is known",
        description="A rule could not decide about a subject because a fact is missing.",
        level=ADVISORY,
        severity=Severity.MEDIUM,
        remedy="Give the fact in the pack's configuration, or run the pack again after the update.",
        url=f"{_GUIDE}/what-is-amazon-vpc.html",
    ),
    Entry(
        name="facts-are-missing-is-refused",
        title="Missing facts are refused where a rule says so",
        description='A rule with "onUnverified": "mandatory" could not decide about a subject.',
        level=MANDATORY,
        severity=Severity.HIGH,
        remedy="Give the fact in the pack's configuration, or let the rule be advisory.",
        url=f"{_GUIDE}/what-is-amazon-vpc.html",
    ),
    Entry(
        name="exemptions-are-current",
        title="Exemptions are in use and in force",
        description="Every exemption is used, not expired, and reported wherever it is used.",
        level=ADVISORY,
        severity=Severity.LOW,
        remedy="Remove exemptions that nothing needs any more.",
        url="https://www.pulumi.com/docs/insights/policy/",
    ),
    Entry(
        name=SOUND,
        title="The pack itself works",
        description="The pack's configuration holds no mistake and nothing that has no effect, no"
        " policy failed, and something was judged.",
        level=MANDATORY,
        severity=Severity.CRITICAL,
        remedy="Correct the configuration as the message says; report a fault of the pack with"
        " its message.",
        url="https://www.pulumi.com/docs/insights/policy/",
    ),
)


def gate_of(rule: str) -> str:
    """Return the name of the policy that stops a violation of `rule` before it is created."""
    return f"{rule}-gate"


def _gate(rule: Entry) -> Entry:
    guesses = rule.name in GUESSING
    return Entry(
        name=gate_of(rule.name),
        title=f"{rule.title}: gate",
        description="The resource that would complete a violation of"
        f" {rule.name} is not created. Silent in previews."
        f"{' Off by default: it has to guess which resource an id belongs to.' * guesses}",
        level=OFF if guesses else MANDATORY,
        severity=rule.severity,
        remedy=rule.remedy,
        url=rule.url,
        framework=rule.framework,
    )


GATES: Final = tuple(_gate(entry) for entry in _RULES)
CATALOGUE: Final = (*_RULES, *_COMPANIONS)
"""Every stack policy; the last one reports the faults of those before it."""
NAMES: Final = tuple(entry.name for entry in (*CATALOGUE, *GATES))

assert tuple(entry.name for entry in _RULES) == RULES  # noqa: S101 - holds two tables together
