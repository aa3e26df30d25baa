namespace VmNodeOps.Kubernetes.Wire;

internal sealed class VirtualMachineDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public VirtualMachineSpecDto? Spec { get; set; }

    public VirtualMachineStatusDto? Status { get; set; }
}

internal sealed class VirtualMachineSpecDto
{
    public bool? Running { get; set; }

    public string? RunStrategy { get; set; }
}

internal sealed class VirtualMachineStatusDto
{
    public string? PrintableStatus { get; set; }

    public bool? Created { get; set; }

    public List<ConditionDto>? Conditions { get; set; }
}

internal sealed class VirtualMachineInstanceDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public VirtualMachineInstanceSpecDto? Spec { get; set; }

    public VirtualMachineInstanceStatusDto? Status { get; set; }
}

internal sealed class VirtualMachineInstanceSpecDto
{
    public string? EvictionStrategy { get; set; }

    public List<InstanceVolumeDto>? Volumes { get; set; }

    public Dictionary<string, string?>? NodeSelector { get; set; }

    public string? PriorityClassName { get; set; }
}

internal sealed class InstanceVolumeDto
{
    public ClaimSourceDto? PersistentVolumeClaim { get; set; }

    public DataVolumeSourceDto? DataVolume { get; set; }

    public ClaimSourceDto? MemoryDump { get; set; }

    public EphemeralSourceDto? Ephemeral { get; set; }
}

internal sealed class DataVolumeSourceDto
{
    public string? Name { get; set; }
}

internal sealed class EphemeralSourceDto
{
    public ClaimSourceDto? PersistentVolumeClaim { get; set; }
}

internal sealed class VirtualMachineInstanceStatusDto
{
    public string? Phase { get; set; }

    public List<PhaseTransitionDto>? PhaseTransitionTimestamps { get; set; }

    public string? NodeName { get; set; }

    public string? EvacuationNodeName { get; set; }

    public List<ConditionDto>? Conditions { get; set; }

    public MigrationStateDto? MigrationState { get; set; }

    public Dictionary<string, string?>? ActivePods { get; set; }
}

internal sealed class PhaseTransitionDto
{
    public string? Phase { get; set; }

    public DateTimeOffset? PhaseTransitionTimestamp { get; set; }
}

internal sealed class MigrationStateDto
{
    public string? MigrationUid { get; set; }

    public string? SourceNode { get; set; }

    public string? TargetNode { get; set; }

    public string? SourcePod { get; set; }

    public string? TargetPod { get; set; }

    public DateTimeOffset? StartTimestamp { get; set; }

    public DateTimeOffset? EndTimestamp { get; set; }

    public bool? Completed { get; set; }

    public bool? Failed { get; set; }

    public string? FailureReason { get; set; }
}

internal sealed class MigrationDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public MigrationSpecDto? Spec { get; set; }

    public MigrationStatusDto? Status { get; set; }
}

internal sealed class MigrationSpecDto
{
    public string? VmiName { get; set; }

    public Dictionary<string, string?>? AddedNodeSelector { get; set; }
}

internal sealed class MigrationStatusDto
{
    public string? Phase { get; set; }

    public MigrationStateDto? MigrationState { get; set; }

    public List<ConditionDto>? Conditions { get; set; }
}
