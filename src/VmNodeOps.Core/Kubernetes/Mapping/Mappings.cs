using System.Globalization;
using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>From the wire's objects of core Kubernetes to the port's.</summary>
internal static class Mappings
{
    public static Node Node(NodeDto dto) => new Node
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        Unschedulable = dto.Spec?.Unschedulable ?? false,
        Taints = dto.Spec?.Taints is { Count: > 0 } taints ? [.. taints.Select(Taint)] : [],
        Conditions = Common.Conditions(dto.Status?.Conditions),
        BootId = dto.Status?.NodeInfo?.BootID ?? "",
        KubeletVersion = dto.Status?.NodeInfo?.KubeletVersion ?? "",
        Allocatable = Common.Texts(dto.Status?.Allocatable),
        VolumesInUse = dto.Status?.VolumesInUse ?? [],
    }.WithMetadata(dto);

    public static Pod Pod(PodDto dto) => new Pod
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        NodeName = Common.Filled(dto.Spec?.NodeName),
        Phase = Words.PodPhase(dto.Status?.Phase),
        Conditions = Common.Conditions(dto.Status?.Conditions),
        PersistentVolumeClaims = Claims(dto),
        HasEmptyDir = dto.Spec?.Volumes?.Any(volume => volume.EmptyDir is not null) ?? false,
        TerminationGracePeriod = TimeSpan.FromSeconds(dto.Spec?.TerminationGracePeriodSeconds ?? 30),
        PriorityClassName = dto.Spec?.PriorityClassName ?? "",
        Priority = dto.Spec?.Priority ?? 0,
        Tolerations = dto.Spec?.Tolerations is { Count: > 0 } tolerations ? [.. tolerations.Select(Toleration)] : [],
        Requests = PodRequests.Of(dto.Spec),
        NodeSelector = Common.Texts(dto.Spec?.NodeSelector),
        RequiredNodes = [.. (dto.Spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? []).Select(Term)],
    }.WithMetadata(dto);

    public static VolumeAttachment VolumeAttachment(VolumeAttachmentDto dto) => new VolumeAttachment
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        NodeName = dto.Spec?.NodeName ?? "",
        Attacher = dto.Spec?.Attacher ?? "",
        PersistentVolumeName = Common.Filled(dto.Spec?.Source?.PersistentVolumeName),
        IsAttached = dto.Status?.Attached ?? false,
        DetachError = dto.Status?.DetachError?.Message ?? "",
    }.WithMetadata(dto);

    public static PersistentVolumeClaim PersistentVolumeClaim(PersistentVolumeClaimDto dto) => new PersistentVolumeClaim
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        PersistentVolumeName = Common.Filled(dto.Spec?.VolumeName),
        AccessModes = dto.Spec?.AccessModes ?? [],
    }.WithMetadata(dto);

    public static DisruptionBudget DisruptionBudget(DisruptionBudgetDto dto) => new DisruptionBudget
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        Selector = dto.Spec?.Selector is { } selector ? Selector(selector) : null,
        MinAvailable = NumberOrPercentage(dto.Spec?.MinAvailable),
        MaxUnavailable = NumberOrPercentage(dto.Spec?.MaxUnavailable),
        DisruptionsAllowed = dto.Status?.DisruptionsAllowed ?? 0,
        CurrentHealthy = dto.Status?.CurrentHealthy ?? 0,
        DesiredHealthy = dto.Status?.DesiredHealthy ?? 0,
        ExpectedPods = dto.Status?.ExpectedPods ?? 0,
        ObservedGeneration = dto.Status?.ObservedGeneration ?? 0,
        AlwaysAllowsUnhealthy = dto.Spec?.UnhealthyPodEvictionPolicy == "AlwaysAllow",
    }.WithMetadata(dto);

    public static ConfigMap ConfigMap(ConfigMapDto dto) => new ConfigMap
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        Data = dto.Data ?? [],
    }.WithMetadata(dto);

    public static Lease Lease(LeaseDto dto) => new Lease
    {
        Name = Common.NameOf(dto),
        Uid = Common.UidOf(dto),
        HolderIdentity = Common.Filled(dto.Spec?.HolderIdentity),
        Duration = dto.Spec?.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        AcquiredAt = dto.Spec?.AcquireTime,
        RenewedAt = dto.Spec?.RenewTime,
        Transitions = dto.Spec?.LeaseTransitions ?? 0,
    }.WithMetadata(dto);

    /// <summary>Null for the rare event about something that cannot be named; the server does not check what an event says it is about.</summary>
    public static ClusterEvent? Event(EventDto dto)
    {
        var regarding = dto.InvolvedObject;
        if (!ObjectName.IsValid(regarding?.Name))
        {
            return null;
        }

        return new ClusterEvent
        {
            Name = Common.NameOf(dto),
            Uid = Common.UidOf(dto),
            Regarding = new ObjectReference
            {
                ApiVersion = regarding!.ApiVersion ?? "",
                Kind = regarding.Kind ?? "",
                Name = new ObjectName(Common.Filled(regarding.Namespace), regarding.Name!),
                Uid = regarding.Uid ?? "",
            },
            IsWarning = dto.Type == "Warning",
            Reason = dto.Reason ?? "",
            Message = dto.Message ?? "",
            ReportedBy = Common.Filled(dto.ReportingComponent) ?? dto.Source?.Component ?? "",
            Count = dto.Series?.Count ?? dto.Count ?? 1,
            LastSeenAt = dto.Series?.LastObservedTime ?? dto.LastTimestamp ?? dto.EventTime,
        }.WithMetadata(dto);
    }

    private static Toleration Toleration(TolerationDto dto) => new()
    {
        Key = dto.Key ?? "",
        IsForAnyValue = dto.Operator == "Exists",
        Value = dto.Value ?? "",
        Effect = dto.Effect ?? "",
        For = dto.TolerationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static NodeTerm Term(NodeTermDto term) => new()
    {
        Labels = [.. (term.MatchExpressions ?? []).Select(Requirement)],
        Fields = [.. (term.MatchFields ?? []).Select(Requirement)],
    };

    private static NodeRequirement Requirement(NodeRequirementDto requirement) =>
        new() { Key = requirement.Key ?? "", Operator = requirement.Operator ?? "", Values = requirement.Values ?? [] };

    private static Taint Taint(TaintDto taint) =>
        new() { Key = taint.Key ?? "", Value = taint.Value ?? "", Effect = taint.Effect ?? "", AddedAt = taint.TimeAdded };

    /// <summary>A generic ephemeral volume's claim bears the pod's and the volume's name.</summary>
    private static IReadOnlyList<string> Claims(PodDto pod) =>
    [
        .. (pod.Spec?.Volumes ?? [])
            .Select(volume => volume.PersistentVolumeClaim?.ClaimName ?? (volume.Ephemeral is null ? null : $"{pod.Metadata?.Name}-{volume.Name}"))
            .OfType<string>(),
    ];

    private static LabelSelector Selector(LabelSelectorDto selector) => new()
    {
        MatchLabels = Common.Texts(selector.MatchLabels),
        MatchExpressions =
        [
            .. (selector.MatchExpressions ?? []).Select(requirement =>
                new LabelRequirement { Key = requirement.Key ?? "", Operator = requirement.Operator ?? "", Values = requirement.Values ?? [] }),
        ],
    };

    private static string? NumberOrPercentage(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetInt32().ToString(CultureInfo.InvariantCulture),
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => null,
    };
}
