# shellcheck shell=bash
# The file system of the data partition, which EXPRESSCLUSTER mirrors. Without an engine it stays.
#
# ext4 without the 64bit feature, as NEC's guide for the mirror disk asks; 16 TiB need no more. The
# mark comes first: a volume that this instance found blank holds no cluster's data, also when the
# file system was made by half.
make_file_system() {
    local data=$1
    if ! is_blank "$data" 0; then
        say "$data holds data already"
        return
    fi
    mark "blank-$MIRROR_VOLUME"
    if [[ "$FILE_SYSTEM" == xfs ]]; then
        mkfs.xfs -q -L data "$data"
    else
        mkfs.ext4 -q -O ^64bit -L data "$data"
    fi
}

prepare_mirror_disk() {
    wait_for "$PATIENCE" mirror_disk >/dev/null ||
        stop "$MIRROR_VOLUME was not attached within $PATIENCE s:" \
            "attach it, or give the id of the volume that takes its place when you run this script again"
    DISK=$(mirror_disk)
    make_partitions "$DISK"
    check_cluster_partition "$(partition "$DISK" 1)"
    make_file_system "$(partition "$DISK" 2)"
}
