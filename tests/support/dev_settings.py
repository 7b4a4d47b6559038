"""The settings of the dev environment: the addresses of NEC's article."""

from components.expresscluster_args import ExpressclusterArgs
from components.mirror_volume_args import MirrorVolumeArgs
from settings import NetworkSettings, NodeSettings, Settings

DEV = Settings(
    region="us-east-1",
    network=NetworkSettings(
        cidr="10.0.0.0/16",
        zones={"a": "us-east-1a", "b": "us-east-1b"},
        public_subnets={"a": "10.0.10.0/24"},
        private_subnets={"a": "10.0.110.0/24", "b": "10.0.120.0/24"},
    ),
    existing_network=None,
    virtual_ip="20.0.0.100",
    nodes=NodeSettings(
        os="linux",
        instance_type="m6i.large",
        image="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
        mirror_volume_gib=20,
        mirror_volume=MirrorVolumeArgs(retain=False),
        addresses={"a": "10.0.110.10", "b": "10.0.120.10"},
    ),
    initial_owner="a",
    roll_out=None,
    roll_out_owner=False,
    protect_nodes=False,
    admin_cidrs=("10.0.10.0/24",),
    application_ports=(),
    clients=None,
    client_cidrs=(),
    endpoints=(),
    share_endpoint_group=False,
    flow_logs=None,
    alarm_topic_arn=None,
    expresscluster=ExpressclusterArgs(
        system="linux",
        mirror_mode="sync",
        file_system="ext4",
        mount_point="/mnt/md1",
        partition_witness=None,
        heartbeat_timeout_seconds=None,
        aws_cli_timeout_seconds=None,
        monitor_zones=False,
        forced_stop=False,
        packages=None,
    ),
)
