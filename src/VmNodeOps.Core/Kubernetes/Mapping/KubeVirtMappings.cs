using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>From the wire's objects of KubeVirt to the port's.</summary>
internal static class KubeVirtMappings
{
    public static VirtualMachine Machine(VirtualMachineDto dto) => new VirtualMachine
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        RunStrategy = Words.RunStrategy(dto.Spec?.RunStrategy, dto.Spec?.Running),
        Running = string.IsNullOrEmpty(dto.Spec?.RunStrategy) ? dto.Spec?.Running : null,
        PrintableStatus = dto.Status?.PrintableStatus ?? "",
        Created = dto.Status?.Created ?? false,
        Conditions = Common.Conditions(dto.Status?.Conditions),
    }.WithMetadata(dto);

    public static VirtualMachineInstance Instance(VirtualMachineInstanceDto dto) => new VirtualMachineInstance
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        Phase = Words.InstancePhase(dto.Status?.Phase),
        PhaseTransitions = Transitions(dto.Status?.PhaseTransitionTimestamps),
        NodeName = Common.Filled(dto.Status?.NodeName),
        EvacuationNodeName = Common.Filled(dto.Status?.EvacuationNodeName),
        EvictionStrategy = Words.EvictionStrategy(dto.Spec?.EvictionStrategy),
        Conditions = Common.Conditions(dto.Status?.Conditions),
        Migration = State(dto.Status?.MigrationState),
        ActivePods = Common.Texts(dto.Status?.ActivePods),
        PersistentVolumeClaims = Claims(dto.Spec?.Volumes),
        NodeSelector = Common.Texts(dto.Spec?.NodeSelector),
        PriorityClassName = dto.Spec?.PriorityClassName ?? "",
    }.WithMetadata(dto);

    public static Migration Migration(MigrationDto dto) => new Migration
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        InstanceName = dto.Spec?.VmiName ?? "",
        Phase = Words.MigrationPhase(dto.Status?.Phase),
        State = State(dto.Status?.MigrationState),
        Conditions = Common.Conditions(dto.Status?.Conditions),
        AddedNodeSelector = Common.Texts(dto.Spec?.AddedNodeSelector),
    }.WithMetadata(dto);

    public static KubeVirtInstallation Installation(KubeVirtDto dto)
    {
        var migrations = dto.Spec?.Configuration?.Migrations;
        var defaults = new KubeVirtInstallation { Name = Common.NameOf(dto), Uid = Common.UidOf(dto) };
        return (defaults with
        {
            Phase = dto.Status?.Phase ?? "",
            Version = Common.Filled(dto.Status?.ObservedKubeVirtVersion) ?? dto.Status?.TargetKubeVirtVersion ?? "",
            EvictionStrategy = Words.EvictionStrategy(dto.Spec?.Configuration?.EvictionStrategy),
            ParallelMigrationsPerCluster = migrations?.ParallelMigrationsPerCluster ?? defaults.ParallelMigrationsPerCluster,
            ParallelOutboundMigrationsPerNode = migrations?.ParallelOutboundMigrationsPerNode ?? defaults.ParallelOutboundMigrationsPerNode,
            NodeDrainTaintKey = Common.Filled(migrations?.NodeDrainTaintKey) ?? defaults.NodeDrainTaintKey,
        }).WithMetadata(dto);
    }

    private static Dictionary<InstancePhase, DateTimeOffset> Transitions(List<PhaseTransitionDto>? transitions)
    {
        var map = new Dictionary<InstancePhase, DateTimeOffset>();
        foreach (var transition in transitions ?? [])
        {
            if (transition.PhaseTransitionTimestamp is { } at)
            {
                map[Words.InstancePhase(transition.Phase)] = at;
            }
        }

        return map;
    }

    private static IReadOnlyList<string> Claims(List<InstanceVolumeDto>? volumes) =>
    [
        .. (volumes ?? [])
            .Select(volume => volume.PersistentVolumeClaim?.ClaimName ?? volume.DataVolume?.Name ?? volume.MemoryDump?.ClaimName ??
                volume.Ephemeral?.PersistentVolumeClaim?.ClaimName)
            .OfType<string>(),
    ];

    private static MigrationState? State(MigrationStateDto? state) => state is null ? null : new MigrationState
    {
        MigrationUid = state.MigrationUid ?? "",
        SourceNode = state.SourceNode ?? "",
        TargetNode = state.TargetNode ?? "",
        SourcePod = state.SourcePod ?? "",
        TargetPod = state.TargetPod ?? "",
        StartedAt = state.StartTimestamp,
        EndedAt = state.EndTimestamp,
        Completed = state.Completed ?? false,
        Failed = state.Failed ?? false,
        FailureReason = state.FailureReason ?? "",
    };
}
