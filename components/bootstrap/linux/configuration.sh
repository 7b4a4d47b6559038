# shellcheck shell=bash
# The configuration as this node's disks need it, in /var/lib/hacluster/clp.conf.

EXPECTED+=(CONFIGURATION)
STEPS+=(write_configuration)
OWN="$STATE/clp.conf"

# Reads a configuration into TEXTS: each text by its path, such as server@node-b/device@400/info.
read_texts() {
    local tag text path steps=()
    [[ -r "$1" ]] || return 0
    while IFS='>' read -r -d '<' tag text; do
        [[ "$tag" && "$tag" != [?!]* && "$tag" != */ ]] || continue
        if [[ "$tag" == /* ]]; then
            ((${#steps[@]} == 0)) || unset 'steps[-1]'
            continue
        fi
        [[ ! "$tag" =~ ^([^[:space:]]+)[[:space:]]+(name|id)=\"(.*)\" ]] ||
            tag="${BASH_REMATCH[1]}@${BASH_REMATCH[3]}"
        steps+=("$tag")
        printf -v path '/%s' "${steps[@]}"
        text=${text#"${text%%[![:space:]]*}"}
        text=${text%"${text##*[![:space:]]}"}
        [[ -z "$text" ]] || TEXTS["${path#/root/}"]=$text
    done <"$1"
}

# Prints the text at a path of a configuration, or nothing.
text_at() {
    local -A TEXTS=()
    read_texts "$1"
    echo "${TEXTS["$2"]-}"
}

cluster_name() { text_at "$1" cluster/name; }

# Prints what a configuration says of this server, one `name=value` a line. The names of resources
# and devices are those of expresscluster_names.py.
own_values() {
    local -A TEXTS=()
    local server="server@$HOST_NAME" virtual_ip=resource/awsvip@awsvip1 mirror=resource/md@md1
    read_texts "$1"
    own_value "heartbeat address (lan, 0)" "$server" device@0/info
    own_value "mirror address (mdc, 400)" "$server" device@400/info
    own_value "mirror address (mdc, 400, mdc)" "$server" device@400/mdc/info
    own_value "interface id (awsvip1)" $virtual_ip parameters/eniid
    own_value "mount point (md1)" $mirror parameters/mount/point
    own_value "data partition (md1)" $mirror parameters/diskdev/dppath
    own_value "cluster partition (md1)" $mirror parameters/diskdev/cppath
}

# A resource has values for all servers, and a server's own where that differs.
own_value() { echo "$1=${TEXTS["$2/server@$HOST_NAME/$3"]-${TEXTS["$2/$3"]-missing}}"; }

# Whoever was replaced may have another address, interface or volume than the cluster knows.
check_own_values() {
    local here there index differ=""
    mapfile -t here < <(own_values "$OWN")
    mapfile -t there < <(own_values "$1")
    for index in "${!here[@]}"; do
        [[ "${there[index]}" == "${here[index]}" ]] ||
            differ+=$'\n'"${there[index]%%=*}: ${there[index]#*=} there, ${here[index]#*=} here"
    done
    [[ -z "$differ" ]] || stop "the configuration of $2 is not for this node as it is now; nothing was" \
        "pushed or started. Change these values on $PEER first (docs/runbook.md, Change a node's" \
        "address), then run this script again$differ"
}

# The stack names partitions by the volume's id: these names hold in whatever order disks are found,
# but udev makes them on Nitro alone. On Xen the name of the attachment holds, on both nodes.
partition_name() {
    if [[ -e "$ROOT$(volume_link)" ]]; then
        echo "$(volume_link)-part$1"
    else
        partition "${DISK#"$ROOT"}" "$1"
    fi
}

use_device_names() {
    local text=$1 number pattern name
    [[ "$DISK" != */nvme* ]] || stop "udev made no $(volume_link), and the name of $DISK does not hold:" \
        "the image must bring udev's rules for persistent names"
    for number in 1 2; do
        name=$(partition_name "$number")
        pattern="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol[0-9a-f]+-part$number"
        while [[ "$text" =~ $pattern ]]; do
            text=${text//"${BASH_REMATCH[0]}"/"$name"}
        done
    done
    say "udev names no disk by its volume here: the configuration has $(partition_name 2) and" \
        "$(partition_name 1) for both servers"
    TEXT=$text
}

# A wrong name would let the mirror driver write to another disk.
check_names() {
    local number name
    for number in 1 2; do
        name=$(partition_name "$number")
        [[ "$(readlink -f "$ROOT$name")" == "$(partition "$DISK" "$number")" ]] ||
            stop "$name does not lead to $(partition "$DISK" "$number"), which was prepared:" \
                "udevadm trigger && udevadm settle"
        [[ "$(<"$OWN")" == *">$name<"* ]] ||
            stop "the stack's configuration does not name $name, a partition of this node's mirror" \
                "volume; let the stack name the volume $MIRROR_VOLUME, and roll both nodes out"
    done
}

write_configuration() {
    TEXT=$CONFIGURATION
    [[ -e "$ROOT$(volume_link)" ]] || use_device_names "$CONFIGURATION"
    put "$OWN" "${TEXT%$'\n'}"
    CLUSTER=$(cluster_name "$OWN")
    [[ "$CLUSTER" ]] || stop "the configuration of the stack names no cluster"
    check_names
}
