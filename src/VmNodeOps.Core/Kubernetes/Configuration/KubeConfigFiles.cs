namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>Finds the kubeconfig that kubectl would use.</summary>
internal static class KubeConfigFiles
{
    /// <summary>One file, which must be there.</summary>
    public static KubeConfig Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new KubeConfigReader(Path.GetFullPath(path)).Read();
    }

    /// <summary>
    /// KUBECONFIG with its files merged, else <c>~/.kube/config</c>; null if neither says anything. Entries of KUBECONFIG that are empty, missing
    /// or repeated are passed over, and a KUBECONFIG of nothing but blanks counts as unset, as for kubectl.
    /// </summary>
    public static KubeConfig? Find(HostEnvironment environment)
    {
        var listed = (environment.Variable("KUBECONFIG") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Trim('"'))
            .Where(entry => entry.Length > 0)
            .Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (listed.Count == 0 && environment.Home() is { Length: > 0 } home)
        {
            listed.Add(Path.Combine(home, ".kube", "config"));
        }

        var parts = listed.Where(Path.Exists).Select(path => new KubeConfigReader(path).Read()).ToList();
        return parts.Count == 0 ? null : KubeConfig.Merge(parts) is { IsEmpty: false } merged ? merged : null;
    }
}
