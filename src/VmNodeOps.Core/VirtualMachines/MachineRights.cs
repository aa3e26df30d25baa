using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The rights that looking after machines needs.</summary>
internal static class MachineRights
{
    private const string Group = "kubevirt.io";

    public static IReadOnlyList<AccessQuestion> Watching { get; } =
    [
        new() { Verb = "list", Group = Group, Resource = "kubevirts" },
        // A few are read one by one, many are listed.
        new() { Verb = "get", Group = Group, Resource = "virtualmachines" },
        .. Both("virtualmachines"),
        new() { Verb = "get", Group = Group, Resource = "virtualmachineinstances" },
        .. Both("virtualmachineinstances"),
        .. Both("virtualmachineinstancemigrations"),
    ];

    private static AccessQuestion[] Both(string resource) =>
    [
        new() { Verb = "list", Group = Group, Resource = resource },
        new() { Verb = "watch", Group = Group, Resource = resource },
    ];
}
