# shellcheck shell=bash
# Host name, region, partitions of the mirror volume. Never touches a disk that is not blank.

: "${PATIENCE:=900}"   # seconds to wait for the volume, which is attached after the boot
CLUSTER_PARTITION_MIB=1024
DATA_AT_MIB=$((1 + CLUSTER_PARTITION_MIB))   # where the data partition begins
EXPECTED+=(HOST_NAME REGION MIRROR_VOLUME MIRROR_DEVICE FILE_SYSTEM)
TOOLS+=(aws cmp hostnamectl "mkfs.${FILE_SYSTEM:-}" readlink sfdisk udevadm wipefs)
STEPS+=(set_host_name set_region prepare_mirror_disk)

set_host_name() {
    # EXPRESSCLUSTER takes lower case only. cloud-init would undo the name at the next boot.
    hostnamectl set-hostname "${HOST_NAME,,}"
    mkdir -p "$ROOT/etc/cloud/cloud.cfg.d"
    put "$ROOT/etc/cloud/cloud.cfg.d/99-hacluster.cfg" 'preserve_hostname: true'
}

default_region() { aws configure get default.region; }

# The cluster's service runs as root and calls the AWS CLI without naming a region. The CLI edits
# its own file: a second [default] would make it unreadable.
set_region() {
    local found
    found=$(default_region 2>/dev/null) || found=""
    [[ "$found" != "$REGION" ]] || return 0
    [[ -z "$found" ]] || say "root's default region was $found: this node's own, $REGION, replaces it"
    aws configure set region "$REGION" --profile default || stop "$AWS_CONFIG_FILE is not valid"
    [[ "$(default_region)" == "$REGION" ]] ||
        stop "$AWS_CONFIG_FILE and ${AWS_SHARED_CREDENTIALS_FILE##*/} do not give $REGION as the" \
            "default region: correct them so that 'aws configure get default.region' does"
}

# Nitro numbers its NVMe disks anew at each boot, so the volume's id decides; Xen keeps the name.
# https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
volume_link() { echo "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${MIRROR_VOLUME/-/}"; }

mirror_disk() {
    local path
    for path in "$ROOT$(volume_link)" "$ROOT$MIRROR_DEVICE"; do
        if [[ -e "$path" ]]; then
            readlink -f "$path"
            return
        fi
    done
    return 1
}

partition() {
    case "$1" in
        *[0-9]) echo "$1p$2" ;;
        *) echo "$1$2" ;;
    esac
}

# No known signature, and nothing in the MiB at each offset either: somebody's raw data has none.
is_blank() {
    local device=$1 found offset mib=$((1024 * 1024))
    found=$(wipefs --noheadings "$device") || stop "$device cannot be read"
    [[ -z "$found" ]] || return 1
    for offset in "${@:2}"; do
        cmp -s -i $((offset * mib)):0 -n $mib "$device" /dev/zero || return 1
    done
}

# Their names say that the partitions are meant for this: the disk of another system has partitions
# 1 and 2 as well, and its first one may look raw.
has_names() {
    [[ "$(sfdisk --part-label "$1" 1 2>/dev/null)" == cluster ]] &&
        [[ "$(sfdisk --part-label "$1" 2 2>/dev/null)" == data ]]
}

has_both_partitions() { [[ -e "$(partition "$1" 1)" && -e "$(partition "$1" 2)" ]]; }

# What is in the way is somebody's to judge.
leave_disk() {
    stop "$1 is not blank; nothing on it was changed
to discard all that is on it: wipefs --all $1 &&" \
        "dd if=/dev/zero of=$1 bs=1M count=$((DATA_AT_MIB + 1)) conv=notrunc,fsync
to keep its partitions, if 1 is raw (${CLUSTER_PARTITION_MIB}MiB) and 2 holds the data:" \
        "sfdisk --part-label $1 1 cluster && sfdisk --part-label $1 2 data"
}

make_partitions() {
    local disk=$1
    if has_names "$disk"; then
        say "$disk has its partitions"
    else
        # 1 MiB is where most tools let a first partition begin: its data outlive a lost table.
        is_blank "$disk" 0 1 "$DATA_AT_MIB" || leave_disk "$disk"
        sfdisk --quiet "$disk" <<LAYOUT
label: gpt
start=1MiB, size=${CLUSTER_PARTITION_MIB}MiB, name=cluster
name=data
LAYOUT
        udevadm settle
    fi
    wait_for "$PATIENCE" has_both_partitions "$disk" || stop "the partitions of $disk did not appear"
}

# The cluster partition stays raw: the mirror driver keeps its own records in it.
check_cluster_partition() {
    local found
    found=$(wipefs --noheadings "$1") || stop "$1 cannot be read"
    [[ -z "$found" ]] || stop "$1 must be raw, but has a signature; nothing on it was changed;" \
        "to discard what is on it: wipefs --all $1"
}
