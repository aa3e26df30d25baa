using System.Text.Json.Serialization;

namespace VmNodeOps.Kubernetes.Wire;

/// <summary>Generated readers of the wire's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StatusDto))]
[JsonSerializable(typeof(VersionDto))]
[JsonSerializable(typeof(AccessReviewDto))]
[JsonSerializable(typeof(BookmarkDto))]
[JsonSerializable(typeof(NodeDto))]
[JsonSerializable(typeof(PodDto))]
[JsonSerializable(typeof(VirtualMachineDto))]
[JsonSerializable(typeof(VirtualMachineInstanceDto))]
[JsonSerializable(typeof(MigrationDto))]
[JsonSerializable(typeof(KubeVirtDto))]
[JsonSerializable(typeof(VolumeAttachmentDto))]
[JsonSerializable(typeof(PersistentVolumeClaimDto))]
[JsonSerializable(typeof(DisruptionBudgetDto))]
[JsonSerializable(typeof(ConfigMapDto))]
[JsonSerializable(typeof(LeaseDto))]
[JsonSerializable(typeof(EventDto))]
[JsonSerializable(typeof(ApiGroupsDto))]
[JsonSerializable(typeof(RemediationDto))]
internal sealed partial class WireJson : JsonSerializerContext;
