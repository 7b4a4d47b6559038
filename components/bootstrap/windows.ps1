# Prepares a Windows node and, with its peer, makes a cluster of them. It runs at every boot. Each
# step looks first, so a run goes on where the last one stopped. windows.py puts this node's values
# in front: $NodeName $Region $Vpc $ApiHost $Serial $DataDrive $ClusterDrive $ClusterName; and for a
# cluster (else they are empty) $Configuration $Placeholders $HostLines $OwnAddress $PeerAddress
# $First $Package $PackageHash $Licences $OwnObject $PeerObject $PeerSerial.
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Base = 'C:\ProgramData\hacluster'
$Product = 'C:\Program Files\EXPRESSCLUSTER'
$Conf = "$Product\etc\clp.conf"
$Label = 'hacluster'
$ClusterSize = 1073741824
$Looked = 2097152
$Step = 'start'
$Api = 'not called'
$Code = 0
$Answer = ''
$Denied = 0
$Guids = @()

function Write-Log([string]$Text) { Add-Content "$Base\boot.log" "$(Get-Date -Format s) $Text" }

function Enter-Step([string]$Name) {
    $script:Step = $Name
    Write-Log $Name
}

function Save-Status([string]$State, [string]$Message) {
    Write-Log "${State}: $Message"
    $status = [ordered]@{state = $State; step = $Step; message = $Message; api = $Api; time = (Get-Date -Format o)}
    [IO.File]::WriteAllText("$Base\status.json", ($status | ConvertTo-Json))
}

# With 'Stop', Windows PowerShell takes a line on stderr for an error.
function Invoke-Tool([string]$Tool, [string[]]$Words, [switch]$Try) {
    Get-Command $Tool | Out-Null
    $ErrorActionPreference = 'Continue'
    $said = (& $Tool @Words 2>&1 | ForEach-Object { "$_" }) -join ' '
    $script:Code = $LASTEXITCODE
    if ($Code -and -not $Try) { throw "$Tool $Words ended with code ${Code}: $said" }
    $said
}

function Wait-For([int]$Seconds, [scriptblock]$Test) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    do {
        $found = & $Test
        if ($found) { return $found }
        Start-Sleep 10
    } while ($watch.Elapsed.TotalSeconds -lt $Seconds)
}

function Restart-Node([string]$Marker) {
    Set-Content "$Base\$Marker" ''
    Write-Log 'restart'
    Restart-Computer -Force
    exit
}

# Rename-Computer refuses a name that differs in case alone.
function Set-Name {
    Enter-Step 'computer name'
    $found = [Net.Dns]::GetHostName()
    if ($found -ceq $NodeName) { return }
    if (Test-Path "$Base\renamed") { throw "The name $NodeName was set, but is $found again. Turn off what renames this computer." }
    if ($found -eq $NodeName) {
        Set-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' 'NV Hostname' $NodeName
    } else { Rename-Computer -NewName $NodeName -Force }
    Restart-Node 'renamed'
}

# The cluster's service runs as LocalSystem. Its file is the last one, and stays in force here.
function Set-Region {
    Enter-Step 'region'
    if (-not (Get-Command aws -ErrorAction SilentlyContinue)) { throw 'The AWS CLI is not installed. Take an image that brings its version 2.' }
    foreach ($folder in $env:USERPROFILE, 'C:\Windows\System32\config\systemprofile') {
        $env:AWS_CONFIG_FILE = "$folder\.aws\config"
        if ((Invoke-Tool aws 'configure', 'get', 'region' -Try) -cne $Region) {
            Invoke-Tool aws 'configure', 'set', 'region', $Region | Out-Null
        }
    }
}

# An image of a node brings the node's files to an instance with another id.
function Get-Instance {
    $metadata = 'http://169.254.169.254/latest'
    $found = Wait-For 300 {
        try {
            $token = Invoke-RestMethod "$metadata/api/token" -Method Put -Headers @{'X-aws-ec2-metadata-token-ttl-seconds' = '60'} -TimeoutSec 10
            Invoke-RestMethod "$metadata/meta-data/instance-id" -Headers @{'X-aws-ec2-metadata-token' = $token} -TimeoutSec 10
        } catch { $false }
    }
    if (-not $found) { throw "$metadata gives no instance id. Enable the instance's metadata." }
    $found
}

# FileStream opens no device by its name.
function Test-Blank([int]$Number) {
    Add-Type -Namespace Hacluster -Name Disk -MemberDefinition '[DllImport("kernel32", CharSet = CharSet.Unicode)] public static extern Microsoft.Win32.SafeHandles.SafeFileHandle CreateFile(string name, uint access, uint share, IntPtr security, uint how, uint flags, IntPtr template);'
    $handle = [Hacluster.Disk]::CreateFile("\\.\PhysicalDrive$Number", [uint32]2147483648, 3, [IntPtr]::Zero, 3, 0, [IntPtr]::Zero)
    $stream = New-Object IO.FileStream $handle, 'Read'
    $bytes = New-Object byte[] $Looked
    $count = $stream.Read($bytes, 0, $Looked)
    $stream.Close()
    $count -eq $Looked -and @($bytes -ne 0).Count -eq 0
}

function Get-Part([int]$Number) {
    Get-Partition -DiskNumber $Number -ErrorAction SilentlyContinue | Where-Object { $_.Type -ne 'Reserved' } | Sort-Object Offset
}

function Set-Letter($Part, [string]$Letter) {
    if ("$($Part.DriveLetter)" -eq $Letter) { return }
    if ([Environment]::GetLogicalDrives() -contains "${Letter}:\") { throw "Drive ${Letter}: is taken. Give that drive another letter." }
    Set-Partition -InputObject $Part -NewDriveLetter $Letter
}

function Get-Guid($Part) {
    if ("$($Part.AccessPaths)" -notmatch 'Volume\{([0-9a-f-]{36})\}') { throw "Partition $($Part.PartitionNumber) has no volume GUID. Restart this node." }
    $Matches[1].ToLower()
}

function Get-Trait($Part, [string]$Name) {
    "$(Get-Volume -Partition $Part -ErrorAction SilentlyContinue | ForEach-Object { $_.$Name })"
}

# $begun outlives a restart between the first partition and the last: what is there then is ours.
# made-$Serial holds until a cluster is on the partitions that this instance made.
function Initialize-Mirror {
    Enter-Step 'mirror disk'
    $disk = Wait-For 900 { Get-Disk | Where-Object { "$($_.SerialNumber)" -match "^\s*$Serial" } }
    if (-not $disk) { throw "No disk has the serial number $Serial. Attach the volume; the instance type must be one on Nitro." }
    $number = $disk.Number
    if ($disk.IsOffline) { Set-Disk -Number $number -IsOffline $false }
    if ($disk.IsReadOnly) { Set-Disk -Number $number -IsReadOnly $false }
    $begun = "$Base\begun-$Serial"
    if ((Get-Disk -Number $number).PartitionStyle -eq 'RAW') {
        if (-not (Test-Blank $number)) { throw "Disk $number has no partitions, but is not blank; nothing on it was changed. To discard what is on it: diskpart, select disk $number, clean all." }
        Set-Content $begun ''
        Initialize-Disk -Number $number -PartitionStyle GPT
    }
    $parts = @(Get-Part $number)
    if (Test-Path $begun) {
        if ($parts.Count -eq 0) { New-Partition -DiskNumber $number -Size $ClusterSize | Out-Null }
        if ($parts.Count -le 1) { New-Partition -DiskNumber $number -UseMaximumSize | Out-Null }
        $parts = @(Get-Part $number)
        if ((Get-Trait $parts[1] 'FileSystem') -ne 'NTFS') {
            Set-Content "$Base\made-$Serial" (Get-Instance)
            Format-Volume -Partition $parts[1] -FileSystem NTFS -NewFileSystemLabel $Label -Confirm:$false | Out-Null
        }
    }
    if ($parts.Count -ne 2 -or $parts[0].Size -ne $ClusterSize -or (Get-Trait $parts[0] 'FileSystem') -notin '', 'RAW' -or (Get-Trait $parts[1] 'FileSystemLabel') -cne $Label) {
        throw "Disk $number has not just a raw partition of 1 GiB and a volume labelled $Label; nothing on it was changed. See docs/windows.md, which says how to keep or discard it."
    }
    Set-Letter $parts[0] $ClusterDrive
    Set-Letter $parts[1] $DataDrive
    $script:Guids = @((Get-Guid $parts[1]), (Get-Guid $parts[0]))
    Remove-Item $begun -ErrorAction SilentlyContinue
}

function Get-ApiFault {
    if ($Api -match 'InvalidVpcID') { return "Region: $Region has no $Vpc. Correct the region." }
    if ($Api -match 'Unauthorized|AccessDenied|credentials') { return "Permission: $Api. Correct the instance's role and the endpoint's policy." }
    try { [Net.Dns]::GetHostAddresses($ApiHost) | Out-Null } catch { return "DNS: $ApiHost is not found. Check the endpoint's private DNS." }
    $client = New-Object Net.Sockets.TcpClient
    try { $client.Connect($ApiHost, 443) } catch { return "TCP 443: $ApiHost does not answer. Check the endpoint's security group." } finally { $client.Close() }
    "The EC2 API says: $Api"
}

function Test-Api {
    Enter-Step 'EC2 API'
    $answered = Wait-For 1800 {
        $script:Api = Invoke-Tool aws 'ec2', 'describe-vpcs', '--vpc-ids', $Vpc, '--query', 'Vpcs[0].[VpcId,State,CidrBlock]', '--output', 'text', '--cli-connect-timeout', '10' -Try
        $Code -eq 0
    }
    if (-not $answered) { throw (Get-ApiFault) }
}

function Copy-Once([string]$From, [string]$To) {
    $script:Answer = Invoke-Tool aws 's3', 'cp', $From, $To, '--only-show-errors', '--cli-connect-timeout', '10' -Try
    $Code -eq 0
}

# The route to S3 and the role's permissions may come after the node.
function Copy-Object([string]$From, [string]$To) {
    if (-not (Wait-For 600 { Copy-Once $From $To })) { throw "aws s3 cp $From $To says: $Answer. Correct the role's permissions, the route to S3 or the object." }
}

function Publish-State([string]$State) {
    [IO.File]::WriteAllText("$Base\own.json", (@{volume = $Serial; guids = $Guids; state = $State} | ConvertTo-Json -Compress))
    Copy-Object "$Base\own.json" $OwnObject
}

# As the role may list the folder, a missing object is 404; 403 is one that may not be read. An
# object of another volume is left over from an earlier stack.
function Read-Peer([string]$State) {
    $copied = Copy-Once $PeerObject "$Base\peer.json"
    $script:Denied = if ($Answer -match '\(403\)|AccessDenied') { $Denied + 1 } else { 0 }
    if ($Denied -ge 30) { throw "This node may not read ${PeerObject}: $Answer. Correct the policies of the role, the endpoint to S3, the bucket and its key." }
    if (-not $copied) { return }
    $peer = Get-Content "$Base\peer.json" -Raw | ConvertFrom-Json | Select-Object 'volume', 'guids', 'state'
    $script:Answer = "it is of the volume '$($peer.volume)' and says '$($peer.state)'"
    if ($peer.volume -ceq $PeerSerial -and (-not $State -or $peer.state -eq $State)) { $peer }
}

function Install-Product {
    Enter-Step 'installation'
    $marker = "$Base\installing"
    if ((Test-Path "$Product\bin\clpcl.exe") -and -not (Test-Path $marker)) { return }
    Set-Content $marker ''
    Copy-Object $Package "$Base\package.zip"
    $hash = (Get-FileHash "$Base\package.zip" -Algorithm SHA256).Hash
    if ($hash -ne $PackageHash) { throw "$Package has the SHA-256 $hash, not $PackageHash. Correct the package or the value." }
    Expand-Archive "$Base\package.zip" "$Base\package" -Force
    $setup = Get-ChildItem "$Base\package" -Filter silent-install.bat -Recurse | Select-Object -First 1
    if (-not $setup) { throw "$Package has no silent-install.bat. Take NEC's package for Windows." }
    Set-Location $setup.DirectoryName
    $said = Invoke-Tool $setup.FullName @() -Try
    if ($Code -or $said -match 'failed') { throw "silent-install.bat ended with code ${Code} and said: $said. Correct what it names." }
    Remove-Item $marker
}

# What clplcnsc prints may hold the licence.
function Register-Licence {
    Enter-Step 'licences'
    $file = "$Base\licence"
    $done = @(Get-Content "$Base\registered" -ErrorAction SilentlyContinue)
    foreach ($licence in $Licences) {
        if ($done -contains $licence) { continue }
        try {
            Copy-Object $licence $file
            Invoke-Tool clplcnsc '-i', $file -Try | Out-Null
        } finally { Remove-Item $file -ErrorAction SilentlyContinue }
        if ($Code) { throw "clplcnsc did not take $licence (code $Code). Check that it is for Windows and for this edition." }
        Add-Content "$Base\registered" $licence
    }
}

function Set-Network {
    Enter-Step 'firewall and hosts'
    Invoke-Tool clpfwctrl.bat '--add' | Out-Null
    $hosts = 'C:\Windows\System32\drivers\etc\hosts'
    $others = @(Get-Content $hosts | Where-Object { $_ -notmatch '# hacluster$' })
    Set-Content $hosts ($others + $HostLines) -Encoding ASCII
}

function Test-Conf([string]$File) {
    if (-not (Test-Path $File)) { return $false }
    $name = ([xml](Get-Content $File -Raw)).SelectSingleNode('/root/cluster/name')
    -not $ClusterName -or ($name -and $name.InnerText -ceq $ClusterName)
}

# The configuration of the stack with as many GUIDs as there are: this node's, then the peer's.
function Get-Conf([string[]]$Values) {
    $text = $Configuration
    foreach ($index in (0, 1, 2, 3) -lt $Values.Count) { $text = $text.Replace(">$($Placeholders[$index])<", ">$($Values[$index])<") }
    $text
}

# What a configuration says of this server. Its own parameters hide those of all servers.
function Get-Own([string]$Text) {
    $server = "server[@name='$NodeName']"
    $paths = [ordered]@{}
    foreach ($id in 0, 400) { $paths["address of device $id"] = "/root/$server/device[@id='$id']//info" }
    $keys = [ordered]@{awsvip = @('eniid'); md = 'volumemountpoint', 'cpvolumemountpoint', 'volumeguid', 'cpvolumeguid'}
    foreach ($type in $keys.Keys) {
        foreach ($key in $keys[$type]) {
            $own = "$server/parameters/$key"
            $paths[$key] = "/root/resource/$type/$own | /root/resource/${type}[not($own)]/parameters/$key"
        }
    }
    $xml = [xml]$Text
    foreach ($name in $paths.Keys) { "$name " + (($xml.SelectNodes($paths[$name]) | ForEach-Object { $_.InnerText } | Sort-Object -Unique) -join ' ') }
}

function Assert-Own([string]$File) {
    $own = Get-Own (Get-Conf $Guids)
    $found = Get-Own (Get-Content $File -Raw)
    $wrong = ($found | Where-Object { $own -notcontains $_ }) -join ', '
    $right = ($own | Where-Object { $found -notcontains $_ }) -join ', '
    if ($wrong) { throw "The cluster's configuration gives this node: $wrong. The node has: $right. Change it on the peer first, as docs/runbook.md (Change a node's address) says, or attach the volume that it means; then restart this node." }
}

function Write-Conf([string]$Folder, [string[]]$PeerGuids) {
    $values = $Guids + $PeerGuids
    if (@($values -match '^[0-9a-f-]{36}$').Count -ne 4) { throw "$PeerObject does not hold two GUIDs. Restart the peer." }
    $text = Get-Conf $values
    if ($Placeholders | Where-Object { $text.Contains($_) }) { throw 'A placeholder is left in the configuration. Report this as a fault.' }
    New-Item $Folder -ItemType Directory -Force | Out-Null
    [IO.File]::WriteAllText("$Folder\clp.conf", $text, [Text.Encoding]::ASCII)
}

function Test-Made {
    $made = "$Base\made-$Serial"
    (Test-Path $made) -and (Get-Content $made) -ceq (Get-Instance)
}

# A cluster may exist. So this node takes the peer's configuration or none: a push to both would
# overwrite what the peer runs with.
function Copy-Conf([string[]]$PeerGuids) {
    $folder = "$Base\pulled"
    Remove-Item $folder -Recurse -ErrorAction SilentlyContinue
    New-Item $folder -ItemType Directory | Out-Null
    $said = Invoke-Tool clpcfctrl '--pull', '-h', $PeerAddress, '-x', $folder -Try
    if ($Code -or -not (Test-Conf "$folder\clp.conf")) {
        Write-Conf "$Base\conf" $PeerGuids
        throw "A cluster may exist, but the peer ($PeerAddress) gave no configuration of $ClusterName (clpcfctrl: $said), so nothing was pushed. If the peer has one, run there: clpcfctrl --pull -x DIR. Bring DIR here and run: clpcfctrl --push -w -h $OwnAddress -x DIR. Only if no cluster was ever on these volumes, run: clpcfctrl --push -w -x $Base\conf. Then restart this node."
    }
    Assert-Own "$folder\clp.conf"
    Invoke-Tool clpcfctrl '--push', '-w', '-h', $OwnAddress, '-x', $folder | Out-Null
}

function Join-Cluster {
    Enter-Step 'cluster'
    $answers = { try { (Invoke-WebRequest "http://${PeerAddress}:29003" -UseBasicParsing -TimeoutSec 10).StatusCode } catch { $false } }
    if (-not (Wait-For 3600 $answers)) { throw "Cluster WebUI of the peer ($PeerAddress, TCP 29003) does not answer. Look at the peer's status." }
    $peer = Wait-For 1800 { Read-Peer }
    if (-not $peer) { throw "$PeerObject must be of the volume $PeerSerial, but: $Answer. Look at the peer's status." }
    $resumed = Test-Conf $Conf
    $replaced = -not $resumed -and ($peer.state -ne 'prepared' -or ($First -and -not (Test-Made)))
    if ($replaced) { Copy-Conf $peer.guids } elseif (-not $resumed) {
        if ($First) {
            Write-Conf "$Base\conf" $peer.guids
            Invoke-Tool clpcfctrl '--push', '-w', '-x', "$Base\conf" | Out-Null
        }
        if (-not (Wait-For 3600 { try { Test-Conf $Conf } catch { $false } })) { throw "The peer pushed no configuration. Look at the peer's status." }
    }
    Assert-Own $Conf
    Remove-Item "$Base\made-$Serial" -ErrorAction SilentlyContinue
    Invoke-Tool clpcl '-r', '--web', '--alert', '--ib', '--api' | Out-Null
    Publish-State 'configured'
    if ($replaced) { Invoke-Tool clpcl '-s' | Out-Null } elseif ($First) {
        if (-not (Wait-For 1800 { Read-Peer 'configured' })) { throw "The peer did not take the configuration. Look at the peer's status." }
        Invoke-Tool clplcnsc '--distribute' | Out-Null
        Invoke-Tool clpcl '-s', '-a' -Try:$resumed | Out-Null
    }
    Set-Content "$Base\configured" ''
}

try {
    Invoke-Tool icacls $Base, '/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    $env:Path += ";C:\Program Files\Amazon\AWSCLIV2;$Product\bin"
    Set-Name
    Set-Region
    $inPlace = Test-Conf $Conf
    if (-not $inPlace) { Initialize-Mirror }
    if (-not $ClusterName) {
        Test-Api
        Save-Status 'prepared' 'This node is prepared.'
        exit
    }
    if (-not $inPlace -or -not (Test-Path "$Base\configured")) {
        Test-Api
        if ($inPlace) { $Guids = (Get-Content "$Base\own.json" -Raw | ConvertFrom-Json).guids } else { Publish-State 'prepared' }
        if (-not (Test-Path "$Base\restarted")) {
            Install-Product
            Register-Licence
            Set-Network
            Restart-Node 'restarted'
        }
        Join-Cluster
    }
    Save-Status 'configured' "The configuration of $ClusterName is in place."
    exit
} catch {
    Save-Status 'failed' "$_ When the cause is fixed, restart this node or run as administrator: powershell -ExecutionPolicy Bypass -File $Base\boot.ps1"
    exit 1
}
