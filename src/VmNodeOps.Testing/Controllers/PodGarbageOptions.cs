namespace VmNodeOps.Testing.Controllers;

/// <summary>The pace of pod garbage collection; defaults are those of kube-controller-manager.</summary>
internal sealed record PodGarbageOptions
{
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the node of a pod must be missing before the pod goes.</summary>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromSeconds(40);
}
