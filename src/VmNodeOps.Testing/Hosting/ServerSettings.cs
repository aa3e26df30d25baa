namespace VmNodeOps.Testing.Hosting;

/// <summary>What a simulated API server says about itself; may be changed while it runs.</summary>
internal sealed class ServerSettings
{
    /// <summary>The version that <c>/version</c> tells, and that decides which forms of discovery are offered.</summary>
    public string Version { get; set; } = "v1.28.8";

    /// <summary>KubeVirt's version, which decides what discovery lists; null for a cluster without KubeVirt.</summary>
    public string? KubeVirtVersion { get; set; } = "v1.3.1";

    /// <summary>Added to the cluster's clock in the Date header.</summary>
    public TimeSpan DateSkew { get; set; }

    /// <summary>Whether the server behind <c>subresources.kubevirt.io</c> answers; without it that group's discovery is stale and its paths are a 503.</summary>
    public Func<bool> VirtApiAnswers { get; set; } = () => true;

    /// <summary>The minor version of Kubernetes.</summary>
    public int Minor => MinorOf(Version);

    /// <summary>Whether KubeVirt is there and of this minor version or newer.</summary>
    public bool HasKubeVirt(int minor) => KubeVirtVersion is { } version && MinorOf(version) >= minor;

    private static int MinorOf(string version)
    {
        var parts = version.TrimStart('v').Split('.');
        return parts.Length > 1 && int.TryParse(parts[1], out var minor) ? minor : 0;
    }
}
