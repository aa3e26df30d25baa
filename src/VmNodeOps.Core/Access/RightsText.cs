using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Rights in words.</summary>
internal static class RightsText
{
    /// <summary><c>pods/eviction</c>, as roles write it.</summary>
    public static string Resource(AccessQuestion right) => right.Subresource.Length == 0 ? right.Resource : $"{right.Resource}/{right.Subresource}";

    /// <summary><c>create pods/eviction in prod</c>.</summary>
    public static string Describe(AccessQuestion right)
    {
        var group = right.Group.Length == 0 ? "" : $".{right.Group}";
        var name = right.Name is null ? "" : $" {right.Name}";
        var where = right.Namespace is null ? "" : $" in {right.Namespace}";
        return $"{right.Verb} {Resource(right)}{group}{name}{where}";
    }
}
