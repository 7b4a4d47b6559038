# shellcheck shell=bash
# The start of this server. One that runs already is left alone.

: "${AGENT_PATIENCE:=150}"   # seconds for the mirror agent: as long as NEC's recipe for Vagrant
: "${START_PATIENCE:=300}"   # seconds for this server to come online
STEPS+=(restart_services await_mirror_agent start_cluster)

# Both from NEC's recipe for Vagrant.
readonly SERVICES=(clusterpro_webmgr clusterpro_alertsync clusterpro_ib clusterpro_nm
    clusterpro_md clusterpro clusterpro_api)
readonly AGENT_STARTED="The Mirror Agent has started successfully"

exists() { systemctl cat "$1" >/dev/null 2>&1; }

# All of NEC's recipe for Vagrant that this edition of the product has.
restart_services() {
    local service restarted=""
    ! marked services && ! is_online || return 0
    for service in "${SERVICES[@]}"; do
        exists "$service" || continue
        systemctl restart "$service" ||
            stop "$service did not restart; see systemctl status $service"
        restarted=yes
    done
    [[ "$restarted" ]] || stop "systemd has no service of the product (${SERVICES[*]});" \
        "see whether s3://$BUCKET/$PACKAGE_KEY is EXPRESSCLUSTER for Linux"
    mark services
}

agent_started() { [[ "$(journalctl --boot --quiet --output=cat)" == *"$AGENT_STARTED"* ]]; }

# The message is what NEC's recipe waits for; another edition or language may word it otherwise.
await_mirror_agent() {
    ! is_online || return 0
    exists clusterpro_md || return 0
    ! wait_for "$AGENT_PATIENCE" agent_started || return 0
    systemctl is-active --quiet clusterpro_md ||
        stop "the mirror agent is not active after $AGENT_PATIENCE s; see systemctl status clusterpro_md:" \
            "its driver exists only for kernels that NEC supports"
    say "the mirror agent is active, though the log does not say that it started"
}

start_cluster() {
    local said=""
    ! is_online || return 0
    run clpcl -s || said="clpcl -s failed ($(last_line "$RUN/output"))"
    wait_for "$START_PATIENCE" is_online ||
        stop "${said:-clpcl -s ended well}, but clpstat does not show this server online after" \
            "$START_PATIENCE s; see clpstat and $PRODUCT/log"
}
