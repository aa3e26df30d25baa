namespace VmNodeOps.Kubernetes.Wire;

internal sealed class VirtualMachineDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public VirtualMachineSpecDto? Spec { get; init; }

    public VirtualMachineStatusDto? Status { get; init; }
}

internal sealed class VirtualMachineSpecDto
{
    public bool? Running { get; init; }

    public string? RunStrategy { get; init; }
}

internal sealed class VirtualMachineStatusDto
{
    public string? PrintableStatus { get; init; }

    public bool? Created { get; init; }

    public List<ConditionDto>? Conditions { get; init; }
}

internal sealed class VirtualMachineInstanceDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public VirtualMachineInstanceSpecDto? Spec { get; init; }

    public VirtualMachineInstanceStatusDto? Status { get; init; }
}

internal sealed class VirtualMachineInstanceSpecDto
{
    public string? EvictionStrategy { get; init; }

    public List<InstanceVolumeDto>? Volumes { get; init; }

    public Dictionary<string, string?>? NodeSelector { get; init; }

    public string? PriorityClassName { get; init; }
}

internal sealed class InstanceVolumeDto
{
    public ClaimSourceDto? PersistentVolumeClaim { get; init; }

    public DataVolumeSourceDto? DataVolume { get; init; }

    public ClaimSourceDto? MemoryDump { get; init; }

    public EphemeralSourceDto? Ephemeral { get; init; }
}

internal sealed class DataVolumeSourceDto
{
    public string? Name { get; init; }
}

internal sealed class EphemeralSourceDto
{
    public ClaimSourceDto? PersistentVolumeClaim { get; init; }
}

internal sealed class VirtualMachineInstanceStatusDto
{
    public string? Phase { get; init; }

    public List<PhaseTransitionDto>? PhaseTransitionTimestamps { get; init; }

    public string? NodeName { get; init; }

    public string? EvacuationNodeName { get; init; }

    public List<ConditionDto>? Conditions { get; init; }

    public MigrationStateDto? MigrationState { get; init; }

    public Dictionary<string, string?>? ActivePods { get; init; }
}

internal sealed class PhaseTransitionDto
{
    public string? Phase { get; init; }

    public DateTimeOffset? PhaseTransitionTimestamp { get; init; }
}

internal sealed class MigrationStateDto
{
    public string? MigrationUid { get; init; }

    public string? SourceNode { get; init; }

    public string? TargetNode { get; init; }

    public string? SourcePod { get; init; }

    public string? TargetPod { get; init; }

    public DateTimeOffset? StartTimestamp { get; init; }

    public DateTimeOffset? EndTimestamp { get; init; }

    public bool? Completed { get; init; }

    public bool? Failed { get; init; }

    public string? FailureReason { get; init; }
}

internal sealed class MigrationDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public MigrationSpecDto? Spec { get; init; }

    public MigrationStatusDto? Status { get; init; }
}

internal sealed class MigrationSpecDto
{
    public string? VmiName { get; init; }

    public Dictionary<string, string?>? AddedNodeSelector { get; init; }
}

internal sealed class MigrationStatusDto
{
    public string? Phase { get; init; }

    public MigrationStateDto? MigrationState { get; init; }

    public List<ConditionDto>? Conditions { get; init; }
}
