# shellcheck shell=bash
# Who configures whom. Only the first server configures both, and only before there is a cluster: a
# node that was replaced takes what its peer runs with, and leaves the peer alone.

: "${PEER_PATIENCE:=3600}"   # seconds for the peer, which may still wait for its own network
: "${GRACE:=30}"             # seconds in which the first server's own push reaches the second
: "${SETTLE:=10}"            # seconds after a push: as many as in NEC's recipe for Vagrant
EXPECTED+=(PRIORITY OWN_ADDRESS PEER PEER_ADDRESS)
STEPS+=(configure)
GOAL=configured

readonly WEBUI_PORT=29003             # NEC's recipe for Vagrant waits for it as well
readonly LIVE="$PRODUCT/etc/clp.conf" # not verified: no recipe reads it
PULLED="$STATE/pulled"
PUSHED="$STATE/pushed"                # clp.conf and nothing else: a push takes the whole folder
PUSHES=0

is_configured() { [[ "$(cluster_name "$LIVE")" == "$CLUSTER" ]]; }

# The form of clpstat's line is that of NEC's document for Vagrant: "*server1 .........: Online".
is_online() {
    local line
    run clpstat || return 1
    while IFS= read -r line; do
        [[ ! "$line" =~ ^[[:space:]*]*"${HOST_NAME,,}"[[:space:].]*:[[:space:]]*Online ]] || return 0
    done <"$RUN/output"
    return 1
}

# `-h` names the server that the configuration is taken from; not verified: NEC's recipes pull from
# the machine itself only. Where it does not work, nothing is pulled, and see push_to_both.
pull_from_peer() {
    local name
    rm -rf "$PULLED"
    mkdir -p "$PULLED"
    run clpcfctrl --pull -h "$PEER_ADDRESS" -x "$PULLED" || return 1
    name=$(cluster_name "$PULLED/clp.conf")
    [[ "$name" ]] || return 1
    [[ "$name" == "$CLUSTER" ]] ||
        fail "$PEER belongs to the cluster $name, not to $CLUSTER: nothing was pushed;" \
            "remove that cluster from $PEER, or give this one its name"
    check_names "$PULLED/clp.conf" "correct it on $PEER in Cluster WebUI"
}

push() {
    PUSHES=$((PUSHES + 1))
    ! run clpcfctrl --push "$@" || return 0
    CAUSE="clpcfctrl --push $* failed ($(last_line "$RUN/output")); see that $PEER is up, and that"
    CAUSE+=" the nodes' security group lets them reach each other"
    ((PUSHES < 5)) || fail "$CAUSE"
    return 1
}

# The form of NEC's recipe for Vagrant: to this address alone.
push_to_itself() {
    say "$PEER has a configuration of this cluster: this node takes it and leaves $PEER alone"
    push -h "$OWN_ADDRESS" -x "$PULLED"
}

# The form of NEC's recipe for Ansible. The second guard of a running cluster: while it runs its
# group, its virtual IP answers.
push_to_both() {
    local virtual_ip
    virtual_ip=$(element "$OWN" awsvip ip)
    if answers_http "$virtual_ip" "$WEBUI_PORT"; then
        CAUSE="a cluster runs, as $virtual_ip answers, but $PEER gave no configuration and nothing"
        CAUSE+=" was pushed; on $PEER run clpcfctrl --pull -x DIR, bring DIR here and run"
        CAUSE+=" clpcfctrl --push -h $OWN_ADDRESS -x DIR"
        return 1
    fi
    mkdir -p "$PUSHED"
    put "$PUSHED/clp.conf" "$(<"$OWN")"
    push --force -x "$PUSHED"
}

# Whether the peer answers is asked before whether it has a configuration: it may just be booting.
configure_as_first() {
    local answered=""
    ! answers_http "$PEER_ADDRESS" "$WEBUI_PORT" || answered=yes
    if pull_from_peer; then
        push_to_itself
    elif [[ "$answered" ]]; then
        push_to_both
    else
        CAUSE="$PEER did not answer http://$PEER_ADDRESS:$WEBUI_PORT within $PEER_PATIENCE s;"
        CAUSE+=" see /var/lib/hacluster/status there, and that the nodes' security group lets"
        CAUSE+=" them reach each other"
        return 1
    fi
}

# The first server pushes to both; a moment later a pull could meet that push.
configure_as_second() {
    ! is_configured || return 0
    CAUSE="no configuration came from $PEER within $PEER_PATIENCE s;"
    CAUSE+=" see /var/lib/hacluster/status there"
    pull_from_peer || return 1
    sleep "$GRACE"
    is_configured || push_to_itself
}

configure() {
    local as=configure_as_first
    ((PRIORITY == 0)) || as=configure_as_second
    if ! is_configured; then
        rm -f "$STATE/done/services"
        say "waiting for $PEER ($PEER_ADDRESS)"
        wait_for "$PEER_PATIENCE" "$as" || fail "$CAUSE"
        sleep "$SETTLE"
        is_configured || fail "clpcfctrl ended well, but $LIVE does not hold $CLUSTER;" \
            "see Cluster WebUI, http://$OWN_ADDRESS:$WEBUI_PORT"
    fi
    check_names "$LIVE" "correct it in Cluster WebUI"
    ! is_online || say "this server runs already: it is left alone"
}
