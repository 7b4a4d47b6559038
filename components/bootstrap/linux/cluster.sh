# shellcheck shell=bash
# Who configures whom. Only the first server configures both, and only before there is a cluster: a
# node that was replaced takes what its peer runs with, and leaves the peer alone.

: "${PEER_PATIENCE:=3600}"   # seconds for the peer, which may still wait for its own network
: "${GRACE:=30}"             # seconds in which the first server's own push reaches the second
: "${SETTLE:=10}"            # seconds after a push: as many as in NEC's recipe for Vagrant
EXPECTED+=(PRIORITY OWN_ADDRESS PEER PEER_ADDRESS)
STEPS+=(configure)
GOAL=configured

readonly PULL_TRIES=12                # of a peer that answers, but may just restart
readonly WEBUI_PORT=29003             # NEC's recipe for Vagrant waits for it as well
readonly LIVE="$PRODUCT/etc/clp.conf" # not verified: no recipe reads it
PULLED="$STATE/pulled"
PUSHED="$STATE/pushed"                # clp.conf and nothing else: a push takes the whole folder
PUSHES=0
FAILED_PULLS=0

has_configuration() { [[ "$(cluster_name "$LIVE")" == "$CLUSTER" ]]; }

# One that was there before this instance's first run came with its image.
is_configured() { has_configuration && { marked configured || [[ "$LIVE" -nt "$MARKS/began" ]]; }; }

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
        stop "$PEER belongs to the cluster $name, not to $CLUSTER: nothing was pushed;" \
            "remove that cluster from $PEER, or give this one its name"
    check_own_values "$PULLED/clp.conf" "$PEER"
}

push() {
    PUSHES=$((PUSHES + 1))
    ! run clpcfctrl --push "$@" || return 0
    CAUSE="clpcfctrl --push $* failed ($(last_line "$RUN/output")); see that $PEER is up, and that"
    CAUSE+=" the nodes' security group lets them reach each other"
    ((PUSHES < 5)) || stop "$CAUSE"
    return 1
}

# The form of NEC's recipe for Vagrant: to this address alone.
push_to_itself() {
    say "$PEER has a configuration of this cluster: this node takes it and leaves $PEER alone"
    push -h "$OWN_ADDRESS" -x "$PULLED"
}

# This instance found the mirror volume blank and was in no cluster since, or somebody knows better.
may_push_first() {
    [[ "$ALLOWED" ]] || { marked "blank-$MIRROR_VOLUME" && ! marked configured; }
}

# Addresses of this VPC that routes lead to an interface.
routed_addresses() {
    timeout 60 aws ec2 describe-route-tables --filters "Name=vpc-id,Values=$VPC_ID" --output text \
        --query 'RouteTables[].Routes[] | [?NetworkInterfaceId].DestinationCidrBlock' 2>"$RUN/error"
}

# The second guard: a cluster that runs its group answers at its virtual IP. The first guard is the
# one that counts. What the peer runs with is not known here: its virtual IP may be one that neither
# the stack nor a route names any more, and its group may be stopped.
cluster_answers() {
    local address routed asked=" "
    routed=$(routed_addresses) || {
        CAUSE="the route tables of $VPC_ID are not known ($(last_line "$RUN/error")); allow"
        CAUSE+=" ec2:DescribeRouteTables in the role of this node and in the policy of the endpoint"
        return 0
    }
    for address in "$(text_at "$OWN" resource/awsvip@awsvip1/parameters/ip)/32" $routed; do
        [[ "$address" == */32 && "$asked" != *" $address "* ]] || continue
        asked+="$address "
        if answers_http "${address%/32}" "$WEBUI_PORT"; then
            CAUSE="a cluster runs, as ${address%/32} answers, but $PEER gave no configuration and nothing"
            CAUSE+=" was pushed"$'\n'"$BY_HAND"
            return 0
        fi
    done
    return 1
}

# The form of NEC's recipe for Ansible. A pull may fail by chance: the peer is asked twice more.
push_to_both() {
    if ! may_push_first; then
        CAUSE="$PEER gave no configuration, and $MIRROR_VOLUME held data before this instance came: a"
        CAUSE+=" cluster may exist, so nothing was pushed"$'\n'"$BY_HAND"
        CAUSE+=$'\n'"if there is no cluster yet, as root: bash $0 $MIRROR_VOLUME first-push"
        FAILED_PULLS=$((FAILED_PULLS + 1))
        ((FAILED_PULLS < PULL_TRIES)) || stop "$CAUSE"
        return 1
    fi
    ! cluster_answers || return 1
    for _ in 1 2; do
        sleep "$SETTLE"
        if pull_from_peer; then
            push_to_itself
            return
        fi
    done
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
    BY_HAND="if there is a cluster: on $PEER run clpcfctrl --pull -x DIR, bring DIR here, run clpcfctrl"
    BY_HAND+=" --push -h $OWN_ADDRESS -x DIR, then this script again"
    if ! is_configured; then
        ! is_online || stop "this server runs, but not with a configuration that this instance was" \
            "given: an image may have brought it; stop the server (clpcl -t) and run this script again"
        rm -f "$MARKS/services"
        say "waiting for $PEER ($PEER_ADDRESS)"
        wait_for "$PEER_PATIENCE" "$as" || stop "$CAUSE"
        sleep "$SETTLE"
        has_configuration || stop "clpcfctrl ended well, but $LIVE does not hold $CLUSTER;" \
            "see Cluster WebUI, http://$OWN_ADDRESS:$WEBUI_PORT"
    fi
    check_own_values "$LIVE" "this server"
    mark configured
    ! is_online || say "this server runs already: it is left alone"
}
