using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>What the mappings of all kinds share.</summary>
internal static class Common
{
    private static readonly IReadOnlyDictionary<string, string> NoTexts = new Dictionary<string, string>();

    public static ObjectName NameOf(IObjectDto dto) => new(dto.Metadata?.Namespace, dto.Metadata?.Name ?? "");

    public static string UidOf(IObjectDto dto) => dto.Metadata?.Uid ?? "";

    public static string VersionOf(IObjectDto dto) => dto.Metadata?.ResourceVersion ?? "";

    /// <summary>Takes over what every object has.</summary>
    public static T WithMetadata<T>(this T target, IObjectDto dto)
        where T : ClusterObject
    {
        var metadata = dto.Metadata;
        return target with
        {
            ResourceVersion = metadata?.ResourceVersion ?? "",
            Generation = metadata?.Generation ?? 0,
            CreatedAt = metadata?.CreationTimestamp,
            DeletionAt = metadata?.DeletionTimestamp,
            Labels = Texts(metadata?.Labels),
            Annotations = Texts(metadata?.Annotations),
            Finalizers = metadata?.Finalizers ?? [],
            Owners = metadata?.OwnerReferences is { Count: > 0 } owners ? [.. owners.Select(Owner)] : [],
        };
    }

    public static IReadOnlyList<Condition> Conditions(List<ConditionDto>? conditions) => conditions is { Count: > 0 }
        ? [.. conditions.Select(condition => new Condition
        {
            Type = condition.Type ?? "",
            Status = condition.Status switch { "True" => ConditionStatus.True, "False" => ConditionStatus.False, _ => ConditionStatus.Unknown },
            Reason = condition.Reason ?? "",
            Message = condition.Message ?? "",
            LastTransitionAt = condition.LastTransitionTime,
            LastHeartbeatAt = condition.LastHeartbeatTime,
        })]
        : [];

    /// <summary>A map as it is; values that are missing become empty, as Go reads them.</summary>
    public static IReadOnlyDictionary<string, string> Texts(Dictionary<string, string?>? map)
    {
        if (map is not { Count: > 0 })
        {
            return NoTexts;
        }

        foreach (var key in map.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
        {
            map[key] = "";
        }

        // The only difference between the two types is one of nullability, and that was just seen to.
        return map!;
    }

    public static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Owner Owner(OwnerDto owner) => new()
    {
        Kind = owner.Kind ?? "",
        ApiVersion = owner.ApiVersion ?? "",
        Name = owner.Name ?? "",
        Uid = owner.Uid ?? "",
        IsController = owner.Controller ?? false,
    };
}
