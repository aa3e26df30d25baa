namespace VmNodeOps.Testing.Api.Patching;

/// <summary>Which lists of the built-in types a strategic merge patch merges, and by which member; every other list is replaced whole.</summary>
/// <remarks>Known by the field's name. Node taints and pod tolerations are absent on purpose: they are atomic.</remarks>
internal static class MergeKeys
{
    /// <summary>A list of plain values that is merged as a set.</summary>
    public const string Set = "";

    private static readonly Dictionary<string, string> ByField = new(StringComparer.Ordinal)
    {
        ["addresses"] = "type",
        ["conditions"] = "type",
        ["containers"] = "name",
        ["env"] = "name",
        ["ephemeralContainers"] = "name",
        ["hostAliases"] = "ip",
        ["hostIPs"] = "ip",
        ["imagePullSecrets"] = "name",
        ["initContainers"] = "name",
        ["ownerReferences"] = "uid",
        ["podCIDRs"] = Set,
        ["podIPs"] = "ip",
        ["resourceClaims"] = "name",
        ["schedulingGates"] = "name",
        ["secrets"] = "name",
        ["topologySpreadConstraints"] = "topologyKey",
        ["volumeDevices"] = "devicePath",
        ["volumeMounts"] = "mountPath",
        ["volumes"] = "name",
    };

    /// <summary>The merge key; <see cref="Set"/> for a set of plain values; null for an atomic list.</summary>
    /// <param name="parent">The field that holds the one asked about.</param>
    public static string? Of(string parent, string field) => (parent, field) switch
    {
        // A namespace's spec has a list of that name too, and that one is atomic.
        ("metadata", "finalizers") => Set,
        ("containers" or "initContainers" or "ephemeralContainers", "ports") => "containerPort",
        ("spec", "ports") => "port",
        _ => ByField.GetValueOrDefault(field),
    };
}
