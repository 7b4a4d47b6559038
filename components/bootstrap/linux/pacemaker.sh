# shellcheck shell=bash
# Corosync and Pacemaker. The first node loads the cluster's configuration once, while there is no
# resource; from then on the cluster's own configuration counts.

: "${PEER_PATIENCE:=3600}"     # seconds for the peer, which may still wait for its own network
: "${COMMAND_PATIENCE:=120}"   # seconds for one command
PYTHON="$ROOT/usr/bin/python3"  # the agent's interpreter
EXPECTED+=(PRIORITY PEER COROSYNC_CONF CIB FENCING APPLICATION_UNIT MOUNT_POINT)
TOOLS+=(cibadmin corosync crm_resource pacemakerd systemctl "$PYTHON")
TOOLS+=("$ROOT/usr/lib/ocf/resource.d/ha-cluster/virtual-ip")
TOOLS+=("$ROOT/usr/lib/ocf/resource.d/heartbeat/Filesystem")
TOOLS+=("$ROOT/usr/lib/ocf/resource.d/linbit/drbd")
[[ -z "${FENCING:-}" ]] || TOOLS+=(fence_aws)
STEPS=(check_image "${STEPS[@]}" open_firewall write_corosync start_cluster load_cib name_instance)
GOAL=configured

readonly KEY="$ROOT/etc/corosync/authkey"
readonly PORTS=(5405/udp 7788/tcp)   # Corosync's heartbeat and DRBD's connection

run() { timeout "$COMMAND_PATIENCE" "$@" >"$RUN/output" 2>&1 </dev/null; }

# What no tool's name shows: the library by which the agent calls the EC2 API, and the module.
check_image() {
    local absent=""
    run "$PYTHON" -c 'import sys, boto3; sys.exit(sys.version_info < (3, 11))' ||
        absent+=", boto3 for a /usr/bin/python3 of 3.11 or later"
    run modinfo drbd || absent+=", the module drbd for this kernel"
    [[ -z "$absent" ]] || stop "the image must bring ${absent#, }"
}

# Without firewalld the security group is the only filter.
open_firewall() {
    ! marked firewall || return 0
    systemctl is-active --quiet firewalld || return 0
    { run firewall-cmd --permanent "${PORTS[@]/#/--add-port=}" && run firewall-cmd --reload; } ||
        stop "firewalld did not open ${PORTS[*]} ($(last_line "$RUN/output"))"
    mark firewall
}

# A key is a secret, which no stack holds: the image may bring one, the same for both nodes.
write_corosync() {
    local text=$COROSYNC_CONF
    if [[ -e "$KEY" ]]; then
        text=${text/crypto_cipher: none/crypto_cipher: aes256}
        text=${text/crypto_hash: none/crypto_hash: sha256}
    else
        say "the image has no /etc/corosync/authkey: the nodes talk to each other unencrypted"
    fi
    mkdir -p "${KEY%/*}" "$ROOT$MOUNT_POINT"
    marked corosync || put "$ROOT/etc/corosync/corosync.conf" "${text%$'\n'}"
    mark corosync
}

# Pacemaker alone starts it: the system would do so on both nodes, without the mirrored files.
keep_application() {
    [[ "$APPLICATION_UNIT" ]] || return 0
    systemctl disable --quiet --now "$APPLICATION_UNIT" ||
        stop "$APPLICATION_UNIT was not disabled; see systemctl status $APPLICATION_UNIT"
}

# An image's packages may have started corosync with a configuration of their own.
start_cluster() {
    local service
    if ! marked started; then
        systemctl stop pacemaker corosync || stop "pacemaker did not stop; see systemctl status pacemaker"
        rm -rf "$ROOT/var/lib/pacemaker/cib"/*
        keep_application
    fi
    for service in corosync pacemaker; do
        systemctl enable --quiet --now "$service" ||
            stop "$service did not start; see systemctl status $service and journalctl -u $service"
    done
    mark started
}

# Both nodes are members, so that this one has the configuration that the other one has.
is_joined() {
    local text member='[^>]*join="member"'
    CAUSE="$PEER did not join within $PEER_PATIENCE s; see /var/lib/hacluster/status there, and that"
    CAUSE+=" the nodes' security group lets them reach each other (${PORTS[*]})"
    run cibadmin --query --scope status || return 1
    text=$(<"$RUN/output")
    [[ "$text" =~ uname=\"$HOST_NAME\"$member && "$text" =~ uname=\"$PEER\"$member ]]
}

has_resources() {
    CAUSE="no configuration came from $PEER within $PEER_PATIENCE s; see /var/lib/hacluster/status there"
    run cibadmin --query --scope resources && [[ "$(<"$RUN/output")" == *"<primitive "* ]]
}

load_cib() {
    ! marked loaded || return 0
    say "waiting for $PEER"
    wait_for "$PEER_PATIENCE" is_joined || stop "$CAUSE"
    if has_resources; then
        say "the cluster has its configuration already: it is left alone"
    elif ((PRIORITY == 0)); then
        seed_mirror
        put "$STATE/cib.xml" "${CIB%$'\n'}"
        run cibadmin --replace --scope configuration --xml-file "$STATE/cib.xml" ||
            stop "cibadmin did not take /var/lib/hacluster/cib.xml ($(last_line "$RUN/output"))"
    else
        bring_mirror_up
        wait_for "$PEER_PATIENCE" has_resources || stop "$CAUSE"
    fi
    mark loaded
}

# User data cannot name the instance that they start.
name_instance() {
    local device map="$HOST_NAME:${MARKS##*/}"
    [[ "$FENCING" ]] || return 0
    for device in "fence-$HOST_NAME" "fence-$HOST_NAME-off"; do
        run crm_resource --resource "$device" --get-parameter pcmk_host_map || {
            say "the cluster has no $device: it cannot fence this node by it"
            continue
        }
        [[ "$(<"$RUN/output")" != "$map" ]] || continue
        run crm_resource --resource "$device" --set-parameter pcmk_host_map --parameter-value "$map" ||
            stop "$device was not given $map ($(last_line "$RUN/output"))"
    done
}
