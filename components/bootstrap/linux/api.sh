# shellcheck shell=bash
# The EC2 API, which the cluster calls to move its virtual IP: without it nothing is started.

: "${API_PATIENCE:=1800}"   # seconds: the endpoint's private DNS name takes minutes to appear
EXPECTED+=(VPC_ID)
TOOLS+=(getent)
STEPS+=(check_api)

api_host() {
    local suffix=""
    [[ "$REGION" != cn-* ]] || suffix=.cn
    echo "ec2.$REGION.amazonaws.com$suffix"
}

address_of() {
    local found
    found=$(getent ahostsv4 "$1") || return 0
    echo "${found%%[[:space:]]*}"
}

# RFC 1918, and RFC 6598, from which AWS lets a VPC take addresses too.
is_private() {
    [[ "$1" =~ ^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.) ]]
}

# NEC's article makes the same call on each node: the permission is the cluster's own.
ask_api() {
    local answer
    if answer=$(timeout 60 aws ec2 describe-vpcs --vpc-ids "$VPC_ID" --output text \
        --query 'Vpcs[0].[VpcId,CidrBlock]' 2>"$RUN/error"); then
        API="ok ${answer//[[:space:]]/ }"
        return 0
    fi
    diagnose "$(<"$RUN/error")"
    [[ "$CAUSE" == "$SAID" ]] || say "waiting for the EC2 API: $CAUSE"
    SAID=$CAUSE
    return 1
}

because() { API=$1 CAUSE=${*:2}; }

# What the API itself said counts first: then it was reached.
diagnose() {
    local said
    said=$(last_line "$RUN/error")
    case "$1" in
        *InvalidVpcID* | *region_name*)
            because region "region: $REGION has no $VPC_ID ($said);" \
                "correct region and VPC in the stack and roll this node out" ;;
        *UnauthorizedOperation* | *AccessDenied*)
            because permission "permission: ec2:DescribeVpcs was denied ($said); allow it in the" \
                "role of this node and in the policy of the interface endpoint" ;;
        *"locate credentials"* | *AuthFailure* | *ExpiredToken* | *RequestExpired*)
            because permission "permission: this node has no valid credentials ($said); attach" \
                "its instance profile, let it reach 169.254.169.254, and set its clock" ;;
        *) diagnose_network "$said" ;;
    esac
}

diagnose_network() {
    local host address
    host=$(api_host)
    address=$(address_of "$host")
    if [[ -z "$address" ]]; then
        because dns "DNS: $host does not resolve;" \
            "turn on DNS support and DNS host names of $VPC_ID"
    elif ! is_private "$address"; then
        because dns "DNS: $host resolves to $address, outside private ranges;" \
            "turn on private DNS of the interface endpoint for EC2 in $VPC_ID"
    elif ! reaches "$address" 443; then
        because tcp "TCP: $host ($address) cannot be reached at port 443;" \
            "let the security groups of the interface endpoint and of this node pass it"
    else
        because unknown "$host ($address) is reached, but the call failed ($1)"
    fi
}

check_api() {
    SAID="" CAUSE=""
    wait_for "$API_PATIENCE" ask_api ||
        stop "the EC2 API gave no answer within $API_PATIENCE s: $CAUSE"
}
