# shellcheck shell=bash
# The steps of all sections, in their order.

main() {
    trap finish EXIT
    trap 'exit 1' HUP INT TERM
    check_values
    MIRROR_VOLUME=${1:-$MIRROR_VOLUME}
    [[ "$MIRROR_VOLUME" == vol-* ]] || stop "$MIRROR_VOLUME is not the id of a volume (vol-...)"
    ALLOWED=${2:-}
    [[ "${ALLOWED:-first-push}" == first-push ]] ||
        stop "$ALLOWED is not first-push, the only word after the id of a volume"
    check_tools
    take_turn
    for STEP in "${STEPS[@]}"; do
        "$STEP"
    done
    OUTCOME=$GOAL
}

[[ "${BASH_SOURCE[0]}" != "$0" ]] || main "$@"
