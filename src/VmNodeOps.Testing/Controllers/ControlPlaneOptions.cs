using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>How the cluster's own components behave; every default is Kubernetes' own.</summary>
internal sealed record ControlPlaneOptions
{
    /// <summary>Machines and kubelets; <see cref="HostOptions.KubernetesVersion"/> is the version of the cluster.</summary>
    public HostOptions Hosts { get; init; } = new();

    /// <summary>Null means the defaults of the cluster's version.</summary>
    public NodeLifecycleOptions? NodeLifecycle { get; init; }

    public PodGarbageOptions PodGarbage { get; init; } = new();

    public SchedulerOptions Scheduler { get; init; } = new();

    public WorkloadOptions Workloads { get; init; } = new();

    public DisruptionOptions Disruption { get; init; } = new();

    public AttachDetachOptions AttachDetach { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    /// <summary>Whether controllers write Event objects.</summary>
    public bool Events { get; init; } = true;
}
