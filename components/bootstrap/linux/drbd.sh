# shellcheck shell=bash
# The mirror volume under Pacemaker: DRBD's resource, with its own records at the end of the data
# partition. The file system is made later, on DRBD's device.

EXPECTED+=(DRBD_RESOURCE)
TOOLS+=(drbdadm modinfo modprobe)
RESOURCE=mirror
MIRROR=/dev/drbd0

# The stack writes for DRBD 9. In 8.4, fencing is an option of the disk, and the scripts that fence
# have other names.
write_resource() {
    local text=$DRBD_RESOURCE version fencing="fencing [a-z-]+;"
    ! marked drbd || return 0
    version=$(modinfo -F version drbd)
    if [[ "$version" == 8.* && "$text" =~ $fencing ]]; then
        text=${text/"    net {"/"    disk {"}
        text=${text/"${BASH_REMATCH[0]}"/"${BASH_REMATCH[0]}"$'\n    }\n    net {'}
        text=${text//.9.sh/.sh}
    fi
    mkdir -p "$ROOT/etc/drbd.d"
    put "$ROOT/etc/drbd.d/$RESOURCE.res" "${text%$'\n'}"
    mark drbd
}

# A wrong name would let DRBD write to another disk.
check_data_partition() {
    local name
    name=$(volume_link)-part2
    [[ "$(readlink -f "$ROOT$name")" == "$1" ]] ||
        stop "$name does not lead to $1, which was prepared: udev names a disk by its volume on" \
            "Nitro alone; choose such an instance type, or run udevadm trigger && udevadm settle"
    [[ "$DRBD_RESOURCE" == *" $name;"* ]] ||
        stop "the stack's configuration does not name $name, a partition of this node's mirror" \
            "volume; let the stack name the volume $MIRROR_VOLUME, and roll both nodes out"
}

is_mirror_up() { drbdadm role "$RESOURCE" >/dev/null 2>&1; }

has_records() { is_mirror_up || drbdadm get-gi "$RESOURCE" >/dev/null 2>&1; }

# The mark comes first: a volume that this instance found blank holds no cluster's data. Without
# records, whatever stands in the partition is somebody's to judge.
make_records() {
    local data=$1
    if has_records; then
        say "$data has DRBD's records already"
        return
    fi
    ! marked "records-$MIRROR_VOLUME" || stop "drbdadm does not find the records of DRBD that $data" \
        "had; nothing was changed; see drbdadm get-gi $RESOURCE"
    is_blank "$data" 0 || marked "blank-$MIRROR_VOLUME" ||
        stop "$data has data and no records of DRBD; nothing on it was changed
to discard all that is on it: wipefs --all $data &&" \
            "dd if=/dev/zero of=$data bs=1M count=1 conv=notrunc,fsync"
    mark "blank-$MIRROR_VOLUME"
    drbdadm create-md --force "$RESOURCE" >/dev/null
    mark "records-$MIRROR_VOLUME"
}

prepare_mirror_disk() {
    local data
    wait_for "$PATIENCE" mirror_disk >/dev/null ||
        stop "$MIRROR_VOLUME was not attached within $PATIENCE s:" \
            "attach it, or give the id of the volume that takes its place when you run this script again"
    DISK=$(mirror_disk)
    make_partitions "$DISK"
    data=$(partition "$DISK" 2)
    check_data_partition "$data"
    write_resource
    modprobe drbd || stop "modprobe drbd failed: the module is not for this kernel"
    make_records "$data"
}

# "Inconsistent/Inconsistent" on two new volumes that see each other; "DUnknown" without the peer.
mirror_states() { drbdadm dstate "$RESOURCE" 2>/dev/null; }

bring_mirror_up() {
    is_mirror_up || drbdadm up "$RESOURCE" || stop "drbdadm up $RESOURCE failed; see dmesg"
}

# The first synchronisation goes from the first node to the second, and only where both volumes are
# new: DRBD then calls both inconsistent. In any other state one of them has data, and DRBD itself
# knows which is the newer.
choose_source() {
    local states
    states=$(mirror_states) || states=unknown
    case "$states" in
        Inconsistent/Inconsistent) mark "source-$MIRROR_VOLUME" ;;
        Inconsistent/UpToDate | UpToDate/*) ;;
        *)
            CAUSE="DRBD shows the volumes as $states after $PEER_PATIENCE s: see drbdadm status"
            CAUSE+=" $RESOURCE, and /var/lib/hacluster/status on $PEER"
            return 1
            ;;
    esac
}

make_mirrored_file_system() {
    local device="$ROOT$MIRROR" found
    found=$(wipefs --noheadings "$device") || stop "$MIRROR cannot be read"
    if [[ -z "$found" ]]; then
        case "$FILE_SYSTEM" in
            xfs) mkfs.xfs -q -L data "$device" ;;
            *) mkfs.ext4 -q -L data "$device" ;;
        esac
    fi
}

# For the first node, while no cluster manages the mirror.
seed_mirror() {
    marked "blank-$MIRROR_VOLUME" && ! marked seeded || return 0
    bring_mirror_up
    say "waiting for the mirror volume of $PEER"
    wait_for "$PEER_PATIENCE" choose_source || stop "$CAUSE"
    if marked "source-$MIRROR_VOLUME"; then
        drbdadm primary --force "$RESOURCE"
        make_mirrored_file_system
        drbdadm secondary "$RESOURCE"
    fi
    mark seeded
}
