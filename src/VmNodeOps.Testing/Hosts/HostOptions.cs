namespace VmNodeOps.Testing.Hosts;

/// <summary>The pace of machines and kubelets. Defaults are those of a kubelet without configuration.</summary>
internal sealed record HostOptions
{
    /// <summary>What kubelets report as their version; it also decides which of the newer fields they fill in.</summary>
    public string KubernetesVersion { get; init; } = "v1.28.8";

    /// <summary>False for very large clusters: leases are written once and no status heartbeats; a machine that is up then counts as beating.</summary>
    public bool Heartbeats { get; init; } = true;

    /// <summary>Every kubelet renews its lease at the same instants, so that virtual time has few steps.</summary>
    public TimeSpan LeaseRenewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a node status that does not change goes unwritten.</summary>
    public TimeSpan NodeStatusReportFrequency { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From volumes attached to containers running.</summary>
    public TimeSpan ContainerStartDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From a network that is back to the kubelet's first call.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From power to a running kubelet.</summary>
    public TimeSpan BootDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What the kubelet's graceful node shutdown grants pods. Zero, the default, switches that feature off: the operating system stops the
    /// kubelet along with everything else, and the API hears nothing.
    /// </summary>
    public TimeSpan ShutdownGracePeriod { get; init; }

    /// <summary>What the operating system grants processes on shutdown when the kubelet does not.</summary>
    public TimeSpan OperatingSystemStopTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether kubelets write Event objects.</summary>
    public bool Events { get; init; } = true;

    /// <summary>The minor version of <see cref="KubernetesVersion"/>.</summary>
    public int Minor =>
        KubernetesVersion.TrimStart('v').Split('.') is [_, var minor, ..] && int.TryParse(minor, out var number) ? number : 28;
}
