"""DHCP options of a VPC (upstream: vpc_dhcp_options.go, vpc_dhcp_options_association.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import list_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.wire import Properties, as_list

_OPTIONS = {
    "domainName": "domain-name",
    "domainNameServers": "domain-name-servers",
    "netbiosNameServers": "netbios-name-servers",
    "netbiosNodeType": "netbios-node-type",
    "ntpServers": "ntp-servers",
}
_LISTS = ("domainNameServers", "netbiosNameServers", "ntpServers")


class VpcDhcpOptions(Resource):
    """A set of DHCP options; only its tags can change."""

    pulumi_name = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"
    noun = "EC2 DHCP Options Set"
    properties: ClassVar = {
        **{
            name: list_of(string(), replaces=True) if name in _LISTS else string(replaces=True)
            for name in _OPTIONS
        },
        "arn": string(output=True),
        "ownerId": string(output=True),
    }
    unmodelled = ("ipv6AddressPreferredLeaseTime",)
    at_least_one_of = (tuple(_OPTIONS),)
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the set."""
        answer = cloud.ec2.create_dhcp_options(
            DhcpConfigurations=[
                {"Key": key, "Values": as_list(inputs[name]) or [inputs[name]]}
                for name, key in _OPTIONS.items()
                if inputs.get(name)
            ],
            TagSpecifications=specification("dhcp-options", inputs),
        )
        return answer["DhcpOptions"]["DhcpOptionsId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the set."""
        del known
        found = cloud.find("describe_dhcp_options", "DhcpOptions", DhcpOptionsIds=[identity])
        if found is None:
            return None
        owner = found.get("OwnerId", cloud.account)
        given = {
            each["Key"]: [value["Value"] for value in each["Values"]]
            for each in found["DhcpConfigurations"]
        }
        values = {name: given.get(key, []) for name, key in _OPTIONS.items()}
        return {
            **{
                name: value if name in _LISTS else next(iter(value), "")
                for name, value in values.items()
            },
            "arn": cloud.arn("ec2", f"dhcp-options/{identity}", owner),
            "ownerId": owner,
            "tags": from_aws(found.get("Tags", [])),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Give the VPCs that use the set the default one, as upstream does, and delete it."""
        del state
        for vpc in cloud.list_all("describe_vpcs", "Vpcs", dhcp_options_id=identity):
            cloud.ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc["VpcId"])
        cloud.ec2.delete_dhcp_options(DhcpOptionsId=identity)


class VpcDhcpOptionsAssociation(Resource):
    """Which set a VPC uses; its id is `dopt-1-vpc-1`, its import id that of the VPC."""

    pulumi_name = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
    noun = "EC2 VPC DHCP Options Set Association"
    properties: ClassVar = {
        "dhcpOptionsId": string(required=True),
        "vpcId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Let the VPC use the set."""
        self._associate(cloud, inputs["dhcpOptionsId"], inputs["vpcId"])
        return f"{inputs['dhcpOptionsId']}-{inputs['vpcId']}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the association while the VPC uses the set."""
        del identity
        found = cloud.find("describe_vpcs", "Vpcs", VpcIds=[known["vpcId"]])
        if found is None or found["DhcpOptionsId"] != known["dhcpOptionsId"]:
            return None
        return {}

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Let the VPC use another set."""
        del identity
        self._associate(cloud, change.inputs["dhcpOptionsId"], change.inputs["vpcId"])

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Give the VPC the default set."""
        del identity
        self._associate(cloud, "default", state["vpcId"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take the id of the VPC."""
        found = cloud.find("describe_vpcs", "Vpcs", VpcIds=[import_id])
        if found is None:
            raise ValueError("the import id must be that of a VPC")
        return f"{found['DhcpOptionsId']}-{import_id}", {
            "vpcId": import_id,
            "dhcpOptionsId": found["DhcpOptionsId"],
        }

    def _associate(self, cloud: Cloud, options: str, vpc: str) -> None:
        if not cloud.find("describe_vpcs", "Vpcs", VpcIds=[vpc]):
            refuse(
                "AssociateDhcpOptions",
                "InvalidVpcID.NotFound",
                f"The vpc ID '{vpc}' does not exist",
            )
        cloud.ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
