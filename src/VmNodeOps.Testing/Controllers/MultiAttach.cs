namespace VmNodeOps.Testing.Controllers;

/// <summary>Why a volume that is not shared cannot come to a second node, in the words of the attach/detach controller.</summary>
internal static class MultiAttach
{
    /// <param name="holders">The pods elsewhere that want the volume.</param>
    /// <param name="ns">Whose pods may be named; others are only counted.</param>
    public static string Why(IReadOnlyList<(string Namespace, string Name)> holders, string ns)
    {
        var named = holders.Where(holder => holder.Namespace == ns).Select(holder => holder.Name).ToList();
        var others = holders.Count - named.Count;
        return holders.Count == 0 ? "Volume is already exclusively attached to one node and can't be attached to another"
            : others == 0 ? $"Volume is already used by pod(s) {string.Join(", ", named)}"
            : named.Count == 0 ? $"Volume is already used by {others} pod(s) in different namespaces"
            : $"Volume is already used by pod(s) {string.Join(", ", named)} and {others} pod(s) in different namespaces";
    }
}
