# shellcheck shell=bash
# EXPRESSCLUSTER from S3: package and licences, and what the machine must have for it.

: "${FETCH_PATIENCE:=600}"     # seconds for one object: the route to S3 may come after the boot
: "${COMMAND_PATIENCE:=600}"   # seconds for one command
EXPECTED+=(BUCKET PACKAGE_KEY PACKAGE_SHA256 LICENCE_KEYS SERVERS ADDRESSES MOUNT_POINT)
TOOLS+=(journalctl sha256sum systemctl)
case "${PACKAGE_KEY:-}" in
    *.deb) TOOLS+=(dpkg dpkg-deb dpkg-query) ;;
    *) TOOLS+=(rpm) ;;
esac
STEPS+=(install_package register_licences open_firewall name_servers make_mount_point)

# NEC's recipes (EXPRESSCLUSTER/Vagrant, Ansible and AWS on GitHub) call the commands by name. That
# they lie in bin is not verified; the package's own links in the usual folders serve as well.
readonly PRODUCT="$ROOT/opt/nec/clusterpro"
export PATH="$PATH:$PRODUCT/bin"

# Runs a command of the product or of the package manager, and keeps what it says.
run() { timeout "$COMMAND_PATIENCE" "$@" >"$RUN/output" 2>&1 </dev/null; }

copy_object() {
    timeout "$COMMAND_PATIENCE" aws s3 cp --only-show-errors "s3://$BUCKET/$1" "$2" \
        >/dev/null 2>"$RUN/error"
}

fetch() {
    wait_for "$FETCH_PATIENCE" copy_object "$1" "$2" ||
        stop "s3://$BUCKET/$1 was not fetched within $FETCH_PATIENCE s ($(last_line "$RUN/error"));" \
            "put it there, let this node's role read it, and give its subnet a gateway endpoint for S3"
}

check_sum() {
    local found
    found=$(sha256sum <"$1")
    found=${found%% *}
    [[ "$found" != "${PACKAGE_SHA256,,}" ]] || return 0
    rm -f "$1"
    stop "s3://$BUCKET/$PACKAGE_KEY has the SHA-256 $found, not $PACKAGE_SHA256: it was removed and" \
        "nothing is installed; put the right package there, or correct the sum in the stack and" \
        "roll this node out"
}

# The package says its own name; an image may bring the product already.
is_installed() {
    local name
    if [[ "$1" == *.deb ]]; then
        name=$(dpkg-deb -f "$1" Package 2>"$RUN/output") || return 1
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" == installed ]]
    else
        name=$(rpm -qp --queryformat '%{NAME}' "$1" 2>"$RUN/output") || return 1
        rpm -q "$name" >/dev/null 2>&1
    fi
}

install_file() {
    local command=(rpm -i)
    [[ "$1" != *.deb ]] || command=(dpkg -i)
    run "${command[@]}" "$1" ||
        stop "${command[*]} $1 failed ($(last_line "$RUN/output")); a closed network has nowhere to" \
            "install from: the image must bring what the package requires"
}

# From a local file, as NEC's recipes do: there is no repository to ask.
install_package() {
    local file="$STATE/${PACKAGE_KEY##*/}"
    ! marked package || return 0
    mkdir -p "$STATE"
    fetch "$PACKAGE_KEY" "$file"
    check_sum "$file"
    if is_installed "$file"; then
        say "the product is installed already: it stays as it is"
    else
        install_file "$file"
    fi
    rm -f "$file"
    mark package
}

register_licences() {
    local key
    for key in "${LICENCE_KEYS[@]}"; do
        register_licence "$key"
    done
}

# A licence is in memory while it is registered, in a file that is root's alone, and its content in
# no message. `finish` removes the folder if this is cut short.
register_licence() {
    local key=$1 file="$RUN/licence" code=0 old
    ! marked "licence-${key//\//%2F}" || return 0
    old=$(umask)
    umask 077
    fetch "$key" "$file"
    umask "$old"
    timeout "$COMMAND_PATIENCE" clplcnsc -i "$file" >/dev/null 2>&1 </dev/null || code=$?
    rm -f "$file"
    ((code == 0)) || stop "clplcnsc did not take the licence s3://$BUCKET/$key (exit code $code);" \
        "put a licence there that fits the product's version and this machine"
    mark "licence-${key//\//%2F}"
}

# The product knows its own ports; without firewalld the security group is the only filter.
open_firewall() {
    ! marked firewall || return 0
    systemctl is-active --quiet firewalld || return 0
    run clpfwctrl.sh --add || stop "clpfwctrl.sh --add failed ($(last_line "$RUN/output"));" \
        "see systemctl status firewalld"
    mark firewall
}

# One block for all servers; all other lines stay.
name_servers() {
    local hosts="$ROOT/etc/hosts" begin="# hacluster: begin" end="# hacluster: end"
    local old="" kept="" inside="" line index
    [[ ! -e "$hosts" ]] || old=$(<"$hosts")
    while IFS= read -r line; do
        if [[ "$line" == "$begin" ]]; then inside=yes; fi
        if [[ -z "$inside" && "$line$kept" ]]; then kept+="$line"$'\n'; fi
        if [[ "$line" == "$end" ]]; then inside=""; fi
    done <<<"$old"
    kept+="$begin"$'\n'
    for index in "${!SERVERS[@]}"; do
        kept+="${ADDRESSES[index]} ${SERVERS[index]}"$'\n'
    done
    kept+="$end"
    put "$hosts" "$kept"
    # An image may let cloud-init write the file anew at each boot.
    put "$ROOT/etc/cloud/cloud.cfg.d/99-hacluster-hosts.cfg" 'manage_etc_hosts: false'
}

make_mount_point() { mkdir -p "$ROOT$MOUNT_POINT"; }
