#!/bin/bash
# Prepares a Linux node at its first boot and, with a cluster, makes it a server of EXPRESSCLUSTER.
# cloud-init runs it once, as root, with this node's values above. It may run again by hand, as
# often as needed: it changes only what is missing. Another id of the mirror volume may be given
# then: user data keeps the id of the one that the node began with. After the id, "first-push" lets
# the first server configure both where this script cannot see that there is no cluster yet.
set -euo pipefail

: "${ROOT:=}"     # where the file system begins
: "${PAUSE:=5}"   # seconds between two looks
STATE="$ROOT/var/lib/hacluster"
RUN="$ROOT/run/hacluster"   # memory, not a disk, and for root alone: licences pass through it
MARKS=""   # the folder of this instance's marks
API="not asked" STEP=start OUTCOME=failed GOAL=prepared MESSAGE="" OWNS_RUN=""

# Each section adds the values and the tools that it needs, and its steps in their order.
EXPECTED=()
TOOLS=(mkdir mv rm sleep timeout)
STEPS=(find_instance)

# cloud-init, systemd and sudo each have a PATH of their own, and cloud-init has no HOME. The AWS
# CLI's installer puts it into /usr/local/bin.
export PATH="$ROOT/usr/local/sbin:$ROOT/usr/local/bin:$ROOT/usr/sbin:$ROOT/usr/bin:$ROOT/sbin:$ROOT/bin"
export HOME="$ROOT/root"
# The cluster's service has root's own settings and the instance's role; so has this script.
export AWS_CONFIG_FILE="$HOME/.aws/config" AWS_SHARED_CREDENTIALS_FILE="$HOME/.aws/credentials"
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

say() {
    local text=$*
    echo "hacluster: ${text//$'\n'/$'\n'hacluster: }" >&2
}

# The one way to end in failure. A message of several lines gives its remedies in the further ones.
stop() { say "$*"; MESSAGE=$*; exit 1; }

check_values() {
    local name missing=()
    for name in "${EXPECTED[@]}"; do
        declare -p "$name" >/dev/null 2>&1 || missing+=("$name")
    done
    ((${#missing[@]} == 0)) || stop "the script has no value for ${missing[*]}"
}

# Before anything is changed, and all of them at once: in a closed network each costs a new image.
check_tools() {
    local tool missing=()
    for tool in "${TOOLS[@]}"; do
        type -P "$tool" >/dev/null || missing+=("$tool")
    done
    ((${#missing[@]} == 0)) || stop "the image must bring ${missing[*]}: not found in $PATH"
}

# One run at a time: cloud-init's may still be waiting when somebody starts another.
take_turn() {
    local other=""
    mkdir -p "${RUN%/*}"
    if ! mkdir -m 700 "$RUN" 2>/dev/null; then
        read -r other 2>/dev/null <"$RUN/pid" || true
        if [[ "$other" ]] && kill -0 "$other" 2>/dev/null; then
            trap - EXIT
            say "process $other runs this script already: wait until it ends"
            exit 1
        fi
        rm -rf "$RUN"   # that run was killed
        mkdir -m 700 "$RUN"
    fi
    OWNS_RUN=yes
    echo $$ >"$RUN/pid"
}

# Repeats a command until it succeeds. A look that takes longer than a pause counts as that long.
wait_for() {
    local limit=$1 waited=0 began spent
    shift
    while began=$SECONDS; ! "$@"; do
        ((waited < limit)) || return 1
        sleep "$PAUSE"
        spent=$((SECONDS - began))
        waited=$((waited + (spent > PAUSE ? spent : PAUSE)))
    done
}

# An image that was made of a node has the marks and the configuration of another instance. Marks
# are bound to this one; what is older than its first run is not its own. cloud-init writes the id
# at each boot, before it runs user data.
find_instance() {
    local id=""
    read -r id 2>/dev/null <"$ROOT/var/lib/cloud/data/instance-id" || true
    [[ "$id" == i-* ]] || stop "/var/lib/cloud/data/instance-id does not hold the id of this instance" \
        "(i-...): the image must bring cloud-init, which writes it"
    MARKS="$STATE/done/$id"
    mark began
}

# A mark says that a step is done, for steps whose result does not show it.
marked() { [[ -e "$MARKS/$1" ]]; }
mark() { marked "$1" || { mkdir -p "$MARKS" && : >"$MARKS/$1"; }; }

# Writes a text into a file in place, unless it is there: a new file would lose its SELinux label.
put() { [[ -e "$1" && "$(<"$1")" == "$2" ]] || printf '%s\n' "$2" >"$1"; }

last_line() {
    local lines=()
    mapfile -t lines <"$1"
    if ((${#lines[@]})); then echo "${lines[-1]}"; else echo "without a message"; fi
}

# bash itself opens connections: it is in every image, which curl is not.
# shellcheck disable=SC2016  # the inner bash expands $1 and $2
reaches() { timeout 10 "$BASH" -c ': <>"/dev/tcp/$1/$2"' bash "$1" "$2" 2>/dev/null; }

# shellcheck disable=SC2016
answers_http() {
    local line
    line=$(timeout 10 "$BASH" -c 'exec 3<>"/dev/tcp/$1/$2"
        printf "GET / HTTP/1.0\r\nHost: %s\r\n\r\n" "$1" >&3
        IFS= read -r line <&3; echo "$line"' bash "$1" "$2" 2>/dev/null) || true
    [[ "$line" == HTTP/* ]]
}

# The end of every run, whatever happened.
finish() {
    trap - EXIT
    if [[ "$OUTCOME" != failed ]]; then
        MESSAGE="this node is $OUTCOME"
        say "$MESSAGE"
    else
        : "${MESSAGE:=a command failed; its own message is in the log}"
        say "this node is NOT $GOAL (step $STEP); after the cause is fixed, run this script again" \
            "as root: bash $0 ${MIRROR_VOLUME:-}"
    fi
    write_status || say "$STATE/status could not be written"
    [[ -z "$OWNS_RUN" ]] || rm -rf "$RUN"
}

# Readers see the old file or the new one, never a part.
write_status() {
    local now
    TZ=UTC printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
    mkdir -p "$STATE" 2>/dev/null || return 1
    printf '%s\n' "state=$OUTCOME" "step=$STEP" "api=$API" "message=${MESSAGE//$'\n'/ }" \
        "time=$now" >"$STATE/status.new" && mv -f "$STATE/status.new" "$STATE/status"
}
