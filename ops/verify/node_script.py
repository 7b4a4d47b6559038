"""What a node is asked to run: constants, with the virtual IP as the only thing filled in.

Each prints lines of a key, `=` and a value, and `end=` last. They only read. `clpstat` names a
group's server in lines such as `current : node-a`; not verified, no public document shows them.
`crm_resource` does in lines such as `resource failover1 is running on: node-a`.
"""

from ipaddress import IPv4Address
from typing import Final

LINUX: Final = r"""
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C
region=$(aws configure get region </dev/null 2>/dev/null)
host=ec2.$region.amazonaws.com
[[ "$region" != cn-* ]] || host=$host.cn
found=$(getent ahostsv4 "$host")
reached=closed
if timeout 10 bash -c ': <>"/dev/tcp/$0/443"' "$host" 2>/dev/null; then
    reached=open
fi
call=$(timeout 60 aws ec2 describe-vpcs --output text --query 'length(Vpcs)' </dev/null 2>&1) &&
    call=ok
headers=$(timeout 60 aws ec2 describe-vpcs --debug </dev/null 2>&1 |
    grep -io "'date': '[^']*'" | tail -n 1)
clock=$(date -u +%s)
webui=$(timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/29003" || exit
    printf "GET / HTTP/1.0\r\n\r\n" >&3; IFS= read -r -t 8 line <&3; echo "${line:-open}"' \
    "$VIRTUAL_IP" 2>/dev/null)
echo "region=$region"
echo "api_address=${found%%[[:space:]]*}"
echo "api_port=$reached"
echo "call=${call//$'\n'/ }"
echo "api_date=$headers"
echo "clock=$clock"
echo "webui=${webui%$'\r'}"
if command -v clpstat >/dev/null; then
    echo "product=yes"
    clpstat 2>/dev/null | sed -n 's/^[[:space:]]*current[[:space:]]*:[[:space:]]*/active=/p'
elif command -v crm_resource >/dev/null; then
    echo "product=yes"
    timeout 20 crm_resource --resource virtual-ip --locate 2>/dev/null |
        sed -n 's/^resource .* is running on: */active=/p'
fi
ip -4 -br addr | sed 's/^/interface=/'
echo "end="
"""

WINDOWS: Final = r"""
$ErrorActionPreference = 'SilentlyContinue'
$env:Path += ';C:\Program Files\Amazon\AWSCLIV2;C:\Program Files\EXPRESSCLUSTER\bin'
$region = & aws configure get region
$apiHost = "ec2.$region.amazonaws.com"
if ($region -like 'cn-*') { $apiHost += '.cn' }
$addresses = [Net.Dns]::GetHostAddresses($apiHost)
function Open-Port([string]$Name, [int]$Port) {
    $client = New-Object Net.Sockets.TcpClient
    if ($client.ConnectAsync($Name, $Port).Wait(10000)) { $client }
}
$reached = 'closed'
if (Open-Port $apiHost 443) { $reached = 'open' }
$call = (& aws ec2 describe-vpcs --output text --query 'length(Vpcs)' 2>&1 | Out-String)
if ($LASTEXITCODE -eq 0) { $call = 'ok' }
$debug = (& aws ec2 describe-vpcs --debug 2>&1 | Out-String)
$clock = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
$dates = [regex]::Matches($debug, "(?i)'date': '[^']*'")
$webui = ''
$client = Open-Port $VirtualIp 29003
if ($client) {
    $stream = $client.GetStream()
    $stream.ReadTimeout = 8000
    $request = [Text.Encoding]::ASCII.GetBytes("GET / HTTP/1.0`r`n`r`n")
    $stream.Write($request, 0, $request.Length)
    $webui = (New-Object IO.StreamReader $stream).ReadLine()
    if (-not $webui) { $webui = 'open' }
}
"region=$region"
"api_address=$(@($addresses)[0])"
"api_port=$reached"
"call=$($call.Trim() -replace '\s+', ' ')"
"api_date=$(if ($dates.Count) { $dates[$dates.Count - 1].Value })"
"clock=$clock"
"webui=$webui"
if (Get-Command clpstat) {
    'product=yes'
    & clpstat | ForEach-Object {
        if ($_ -match '^\s*current\s*:\s*(\S+)') { "active=$($Matches[1])" }
    }
}
Get-NetIPAddress -AddressFamily IPv4 | ForEach-Object {
    "interface=$($_.InterfaceAlias -replace '\s', '-') UP $($_.IPAddress)/$($_.PrefixLength)"
}
'end='
"""


def linux_commands(virtual_ip: IPv4Address) -> list[str]:
    """Return the commands for AWS-RunShellScript: its first line names the interpreter."""
    return ["#!/bin/bash", f"VIRTUAL_IP={virtual_ip}", *LINUX.strip().splitlines()]


def windows_commands(virtual_ip: IPv4Address) -> list[str]:
    """Return the commands for AWS-RunPowerShellScript."""
    return [f"$VirtualIp = '{virtual_ip}'", *WINDOWS.strip().splitlines()]
