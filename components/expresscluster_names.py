"""Names and paths of EXPRESSCLUSTER in one place, each with its source; pure.

"NEC's generator" is clpcfset of github.com/EXPRESSCLUSTER/CreateClusterOnLinux, with its documents
and those of github.com/EXPRESSCLUSTER/clpcfset. They describe Linux; for Windows there is a sample
that the WebUI saved (github.com/EXPRESSCLUSTER/BasicCluster, X 4.1). "Not verified" means that no
source shows it for that system or version: check it in Cluster WebUI before you rely on it.

The WebUI's sample has a block `trekking` (edition and version of what saved it), NEC's generator
writes none, so the file has none. Not verified: that a push on Windows accepts a file without it.
"""

GROUP = "failover1"
VIRTUAL_IP = "awsvip1"
MIRROR = "md1"

# Devices of a server are numbered by kind: CommandUsage_v2 of NEC's generator; 400: its samples.
HEARTBEAT_DEVICE = 0
MIRROR_DEVICE = 400
WITNESS_DEVICE = 10700

MIRROR_CONNECTION = "mdc1"
MIRROR_DRIVER = "/dev/NMP1"  # the device of the first mirror on Linux: md.md
# Linux examples of NEC give a mirror connection this priority, the sample for Windows the other.
CONNECTION_PRIORITY = {"linux": 0, "windows": 1}

# The language of the product and of the machine that wrote the file: CommandUsage_v2, the sample.
CHARSET = {"linux": "ASCII", "windows": "ASCII"}
ENCODE = {"linux": "ASCII", "windows": "SJIS"}

# md.md, for Linux. Not verified for Windows.
MIRROR_MODE_PATH = "parameters/mddriver/syncmode"
MIRROR_MODES = {"sync": 1, "async": 0}

# awsvip.md, for Linux: seconds that one call of the AWS CLI may take, and its default; the time
# that an activation gets follows from it. The types awsvip, awsvipw and awsazw and all their paths
# are not verified for Windows.
AWS_CLI_TIMEOUT_PATH = "parameters/awsclitimeout"
AWS_CLI_TIMEOUT_DEFAULT = 100
ACTION_TIMEOUT_PATH = "act/timeout"


def action_timeout(aws_cli_timeout: int) -> int:
    """Return the seconds that activating the virtual IP may take, as awsvip.md derives them."""
    return 180 + 3 * aws_cli_timeout


# Milliseconds. ClusterParameters of NEC's generator; defaults from NEC's blog of 2024-11-20. The
# interval is not verified: 3 s is the default that older guides give.
HEARTBEAT_TIMEOUT_PATH = "cluster/heartbeat/timeout"
HEARTBEAT_TIMEOUT_SECONDS = {"linux": 90, "windows": 30}
HEARTBEAT_INTERVAL_SECONDS = 3

GUID_PLACEHOLDER_PREFIX = "GUID-OF-"

# The setting exists since X 5.0 (NEC's blog of 2024-11-20). Its path and its unit, seconds, are not
# verified: no public document names them.
STARTUP_DELAY_PATH = "cluster/startupdelay"
STARTUP_DELAY_MARGIN_SECONDS = 5


def startup_delay(system: str, heartbeat_timeout_seconds: int | None) -> int:
    """Return how many seconds after power-on the cluster's service may start.

    Longer than heartbeat timeout and interval together, or the other server does not notice that
    this one was restarted, and both may become active.
    """
    timeout = heartbeat_timeout_seconds or HEARTBEAT_TIMEOUT_SECONDS[system]
    return timeout + HEARTBEAT_INTERVAL_SECONDS + STARTUP_DELAY_MARGIN_SECONDS


def guid_placeholder(part: str, host_name: str) -> str:
    """Return what stands for a volume's GUID until its node has made it; `part` is data or cluster.

    A Windows node makes its partitions itself, so their GUIDs are not known when the configuration
    is rendered. The boot script replaces the placeholders before it pushes the configuration.
    """
    return f"{GUID_PLACEHOLDER_PREFIX}{part.upper()}-PARTITION-OF-{host_name}"
