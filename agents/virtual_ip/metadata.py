"""What the agent says about itself; its DTD is ra-api-1.dtd of the OCF's resource agent API."""

METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="virtual-ip" version="1.0">
<version>1.1</version>
<longdesc lang="en">
Holds a virtual IP that lies outside the range of an AWS VPC: gives the address to a network device,
and leads the /32 route of every route table to this node's network interface. All routes are
replaced at once. A monitor restores routes that were changed by hand, and gives the address up if
the other node took it over in a partition.
</longdesc>
<shortdesc lang="en">Virtual IP of an AWS VPC, by routes of all its route tables</shortdesc>
<parameters>
<parameter name="ip" required="1" unique="1">
<longdesc lang="en">
The virtual IP: an IPv4 address outside the VPC's range, without a prefix.
</longdesc>
<shortdesc lang="en">Virtual IP</shortdesc>
<content type="string"/>
</parameter>
<parameter name="route_tables" required="1" unique="0">
<longdesc lang="en">
The ids of all route tables that have a route to the virtual IP, separated by commas.
</longdesc>
<shortdesc lang="en">Route tables</shortdesc>
<content type="string"/>
</parameter>
<parameter name="vpc_id" required="1" unique="0">
<longdesc lang="en">
The id of the VPC of these route tables.
</longdesc>
<shortdesc lang="en">VPC</shortdesc>
<content type="string"/>
</parameter>
<parameter name="region" required="1" unique="0">
<longdesc lang="en">
The AWS region of the VPC.
</longdesc>
<shortdesc lang="en">AWS region</shortdesc>
<content type="string"/>
</parameter>
<parameter name="interface" required="0" unique="0">
<longdesc lang="en">
The network device that takes the address. Without it, that of the default route.
</longdesc>
<shortdesc lang="en">Network device</shortdesc>
<content type="string"/>
</parameter>
<parameter name="endpoint_url" required="0" unique="0">
<longdesc lang="en">
The address of the EC2 API, where private DNS names do not lead to the VPC endpoint.
</longdesc>
<shortdesc lang="en">Address of the EC2 API</shortdesc>
<content type="string"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="60s"/>
<action name="stop" timeout="20s"/>
<action name="monitor" depth="0" timeout="30s" interval="10s"/>
<action name="meta-data" timeout="5s"/>
<action name="validate-all" timeout="20s"/>
</actions>
</resource-agent>"""
