# shellcheck shell=bash
# The configuration as this node's disks need it, in /var/lib/hacluster/clp.conf.

EXPECTED+=(CONFIGURATION)
STEPS+=(write_configuration)
OWN="$STATE/clp.conf"

# Prints the text of an element in a section of a configuration, or nothing.
element() {
    local text
    [[ -r "$1" ]] || return 0
    text=$(<"$1")
    [[ "$text" == *"<$2"[\ \>]* ]] || return 0
    text=${text#*"<$2"[ >]}
    text=${text%%"</$2>"*}
    [[ "$text" == *"<$3>"* ]] || return 0
    text=${text#*"<$3>"}
    echo "${text%%"</$3>"*}"
}

cluster_name() { element "$1" cluster name; }

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
    [[ "$DISK" != */nvme* ]] || fail "udev made no $(volume_link), and the name of $DISK does not hold:" \
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
            fail "$name does not lead to $(partition "$DISK" "$number"), which was prepared:" \
                "udevadm trigger && udevadm settle"
        [[ "$(<"$1")" == *">$name<"* ]] ||
            fail "the configuration in $1 does not name $name, a partition of this node's own" \
                "mirror volume; $2"
    done
}

write_configuration() {
    TEXT=$CONFIGURATION
    [[ -e "$ROOT$(volume_link)" ]] || use_device_names "$CONFIGURATION"
    put "$OWN" "${TEXT%$'\n'}"
    CLUSTER=$(cluster_name "$OWN")
    [[ "$CLUSTER" ]] || fail "the configuration of the stack names no cluster"
    check_names "$OWN" "let the stack name the volume $MIRROR_VOLUME, and roll both nodes out"
}
