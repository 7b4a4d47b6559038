"""Three tiers with the tags and children of awsx. What it calls private reaches the internet."""

import pulumi
import pulumi_aws as aws


class Vpc(pulumi.ComponentResource):
    """A VPC with a Public, a Private (through a NAT gateway) and an Isolated subnet."""

    def __init__(self, name: str) -> None:
        super().__init__("awsx:ec2:Vpc", name)
        self.name = name
        self.child = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(name, cidr_block="10.30.0.0/16", opts=self.child)
        gateway = aws.ec2.InternetGateway(name, vpc_id=self.vpc.id, opts=self.child)

        public, public_table = self.tier("Public", "10.30.0.0/20")
        self.route("public", public_table, gateway_id=gateway.id)
        address = aws.ec2.Eip(name, domain="vpc", opts=self.child)
        nat = aws.ec2.NatGateway(
            name, subnet_id=public.id, allocation_id=address.id, opts=self.child
        )
        _, private_table = self.tier("Private", "10.30.64.0/20")
        self.route("private", private_table, nat_gateway_id=nat.id)
        self.tier("Isolated", "10.30.128.0/20")
        self.register_outputs({"vpcId": self.vpc.id})

    def tier(self, kind: str, block: str) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTable]:
        """Make a subnet of `kind` with a table of its own, tagged as awsx tags them."""
        name = f"{self.name}-{kind.lower()}-1"
        tags = {"Name": name, "SubnetType": kind}
        subnet = aws.ec2.Subnet(
            name, vpc_id=self.vpc.id, cidr_block=block, tags=tags, opts=self.child
        )
        table = aws.ec2.RouteTable(name, vpc_id=self.vpc.id, tags=tags, opts=self.child)
        aws.ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=table.id, opts=self.child
        )
        return subnet, table

    def route(self, role: str, table: aws.ec2.RouteTable, **target: pulumi.Output[str]) -> None:
        """Send everything that is not local to one target."""
        aws.ec2.Route(
            f"{self.name}-{role}-1",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            opts=self.child,
            **target,
        )


pulumi.export("vpc_id", Vpc("shop").vpc.id)
