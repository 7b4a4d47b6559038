"""aws.ec2.getInstanceType.

Rules: internal/service/ec2/ec2_instance_type_data_source.go of hashicorp/terraform-provider-aws.
moto has AWS's own description of every type.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import Thing
from sandbox.provider.schema import (
    Property,
    boolean,
    list_of,
    number,
    object_of,
    string,
)
from sandbox.provider.wire import Properties

_SWITCHES = {
    "autoRecoverySupported": "AutoRecoverySupported",
    "bareMetal": "BareMetal",
    "burstablePerformanceSupported": "BurstablePerformanceSupported",
    "currentGeneration": "CurrentGeneration",
    "dedicatedHostsSupported": "DedicatedHostsSupported",
    "efaSupported": "NetworkInfo.EfaSupported",
    "enaSrdSupported": "NetworkInfo.EnaSrdSupported",
    "encryptionInTransitSupported": "NetworkInfo.EncryptionInTransitSupported",
    "freeTierEligible": "FreeTierEligible",
    "hibernationSupported": "HibernationSupported",
    "instanceStorageSupported": "InstanceStorageSupported",
    "ipv6Supported": "NetworkInfo.Ipv6Supported",
}
_NUMBERS = {
    "defaultCores": "VCpuInfo.DefaultCores",
    "defaultNetworkCardIndex": "NetworkInfo.DefaultNetworkCardIndex",
    "defaultThreadsPerCore": "VCpuInfo.DefaultThreadsPerCore",
    "defaultVcpus": "VCpuInfo.DefaultVCpus",
    "ebsPerformanceBaselineBandwidth": "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps",
    "ebsPerformanceBaselineIops": "EbsInfo.EbsOptimizedInfo.BaselineIops",
    "ebsPerformanceBaselineThroughput": "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps",
    "ebsPerformanceMaximumBandwidth": "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps",
    "ebsPerformanceMaximumIops": "EbsInfo.EbsOptimizedInfo.MaximumIops",
    "ebsPerformanceMaximumThroughput": "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps",
    "efaMaximumInterfaces": "NetworkInfo.EfaInfo.MaximumEfaInterfaces",
    "maximumIpv4AddressesPerInterface": "NetworkInfo.Ipv4AddressesPerInterface",
    "maximumIpv6AddressesPerInterface": "NetworkInfo.Ipv6AddressesPerInterface",
    "maximumNetworkCards": "NetworkInfo.MaximumNetworkCards",
    "maximumNetworkInterfaces": "NetworkInfo.MaximumNetworkInterfaces",
    "memorySize": "MemoryInfo.SizeInMiB",
    "sustainedClockSpeed": "ProcessorInfo.SustainedClockSpeedInGhz",
    "totalFpgaMemory": "FpgaInfo.TotalFpgaMemoryInMiB",
    "totalGpuMemory": "GpuInfo.TotalGpuMemoryInMiB",
    "totalInferenceMemory": "InferenceAcceleratorInfo.TotalInferenceMemoryInMiB",
    "totalInstanceStorage": "InstanceStorageInfo.TotalSizeInGB",
    "totalMediaMemory": "MediaAcceleratorInfo.TotalMediaMemoryInMiB",
    "totalNeuronDeviceMemory": "NeuronInfo.TotalNeuronDeviceMemoryInMiB",
}
_TEXTS = {
    "ebsEncryptionSupport": "EbsInfo.EncryptionSupport",
    "ebsNvmeSupport": "EbsInfo.NvmeSupport",
    "ebsOptimizedSupport": "EbsInfo.EbsOptimizedSupport",
    "enaSupport": "NetworkInfo.EnaSupport",
    "hypervisor": "Hypervisor",
    "networkPerformance": "NetworkInfo.NetworkPerformance",
    "nitroEnclavesSupport": "NitroEnclavesSupport",
    "nitroTpmSupport": "NitroTpmSupport",
    "phcSupport": "PhcSupport",
}
_TEXT_LISTS = {
    "bandwidthWeightings": "NetworkInfo.BandwidthWeightings",
    "bootModes": "SupportedBootModes",
    "nitroTpmSupportedVersions": "NitroTpmInfo.SupportedVersions",
    "supportedArchitectures": "ProcessorInfo.SupportedArchitectures",
    "supportedCpuFeatures": "ProcessorInfo.SupportedFeatures",
    "supportedPlacementStrategies": "PlacementGroupInfo.SupportedStrategies",
    "supportedRootDeviceTypes": "SupportedRootDeviceTypes",
    "supportedUsagesClasses": "SupportedUsageClasses",
    "supportedVirtualizationTypes": "SupportedVirtualizationTypes",
}
_NUMBER_LISTS = {
    "validCores": "VCpuInfo.ValidCores",
    "validThreadsPerCores": "VCpuInfo.ValidThreadsPerCore",
}
_ACCELERATOR = {
    "count": "Count",
    "manufacturer": "Manufacturer",
    "memorySize": "MemoryInfo.SizeInMiB",
    "name": "Name",
}
_PARTS = {
    "fpgas": ("FpgaInfo.Fpgas", _ACCELERATOR),
    "gpuses": ("GpuInfo.Gpus", _ACCELERATOR),
    "inferenceAccelerators": ("InferenceAcceleratorInfo.Accelerators", _ACCELERATOR),
    "instanceDisks": (
        "InstanceStorageInfo.Disks",
        {"count": "Count", "size": "SizeInGB", "type": "Type"},
    ),
    "mediaAccelerators": ("MediaAcceleratorInfo.Accelerators", _ACCELERATOR),
    "networkCards": (
        "NetworkInfo.NetworkCards",
        {
            "baselineBandwidth": "BaselineBandwidthInGbps",
            "index": "NetworkCardIndex",
            "maximumInterfaces": "MaximumNetworkInterfaces",
            "peakBandwidth": "PeakBandwidthInGbps",
            "performance": "NetworkPerformance",
        },
    ),
    "neuronDevices": (
        "NeuronInfo.NeuronDevices",
        {
            "coreCount": "CoreInfo.Count",
            "coreVersion": "CoreInfo.Version",
            "count": "Count",
            "memorySize": "MemoryInfo.SizeInMiB",
            "name": "Name",
        },
    ),
}


def _outputs(names: Mapping[str, Any], kind: Callable[..., Property]) -> dict[str, Property]:
    return {name: kind(output=True) for name in names}


def _list(element: Property) -> Callable[..., Property]:
    def declare(**traits: Any) -> Property:
        return list_of(element, **traits)

    return declare


class GetInstanceType(Function):
    """What AWS says of an instance type: its processors, memory, network, storage."""

    pulumi_name = "aws:ec2/getInstanceType:getInstanceType"
    properties: ClassVar = {
        **_outputs(_SWITCHES, boolean),
        **_outputs(_NUMBERS, number),
        **_outputs(_TEXTS, string),
        **_outputs(_TEXT_LISTS, _list(string())),
        **_outputs(_NUMBER_LISTS, _list(number())),
        **_outputs(_PARTS, _list(object_of({}))),
        "id": string(output=True),
        "instanceType": string(required=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Describe the type."""
        name = arguments["instanceType"]
        (kind,) = cloud.ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"]
        lists = {**_TEXT_LISTS, **_NUMBER_LISTS}
        return {
            **{each: bool(_at(kind, path)) for each, path in _SWITCHES.items()},
            **{each: _at(kind, path) or 0 for each, path in _NUMBERS.items()},
            **{each: _at(kind, path) or "" for each, path in _TEXTS.items()},
            **{each: _at(kind, path) or [] for each, path in lists.items()},
            **{each: _parts(kind, *part) for each, part in _PARTS.items()},
            "id": name,
        }


def _parts(kind: Thing, path: str, fields: Mapping[str, str]) -> list[Properties]:
    parts: list[Thing] = _at(kind, path) or []
    return [{name: _at(part, inner) for name, inner in fields.items()} for part in parts]


def _at(thing: Thing, path: str) -> Any:
    found: Any = thing
    for key in path.split("."):
        if key not in found:
            return None
        found = found[key]
    return found
