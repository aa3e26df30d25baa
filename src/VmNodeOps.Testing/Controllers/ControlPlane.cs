using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>All of a cluster that is Kubernetes' own behind the API server: machines with their kubelets, controllers, scheduler, storage.</summary>
internal sealed class ControlPlane : IDisposable
{
    private readonly List<Controller> _controllers;

    public ControlPlane(IClusterApi api, ControlPlaneOptions? options = null)
    {
        Options = options ?? new ControlPlaneOptions();
        Kubelets = new Kubelets(api, Options.Hosts with { Events = Options.Hosts.Events && Options.Events });
        Storage = new SimulatedStorage(Options.Storage);
        var lifecycle = Options.NodeLifecycle
            ?? new NodeLifecycleOptions { MonitorGracePeriod = NodeLifecycleOptions.GraceOf(Options.Hosts.Minor) };
        if (!Options.Hosts.Heartbeats)
        {
            lifecycle = lifecycle with { IsBeating = Kubelets.IsBeating };
        }

        _controllers =
        [
            new NodeLifecycleController(api, lifecycle, Options.Events),
            new TaintEvictionController(api, Options.Events),
            new PodGarbageController(api, Options.PodGarbage),
            new DeploymentController(api, Options.Workloads, Options.Events),
            new ReplicaSetController(api, Options.Workloads, Options.Events),
            new DaemonSetController(api, Options.Workloads, Options.Events),
            new Scheduler(api, Options.Scheduler, Options.Events),
            new DisruptionController(api, Options.Disruption, Options.Events),
            new AttachDetachController(api, Options.AttachDetach, Options.Events),
            new ExternalAttacher(api, Storage),
            new EventExpiry(api),
        ];
    }

    public ControlPlaneOptions Options { get; }

    /// <summary>The machines: add them before or after the start.</summary>
    public Kubelets Kubelets { get; }

    /// <summary>Where volumes really are.</summary>
    public SimulatedStorage Storage { get; }

    /// <summary>Starts everything; the kubelets first, so that they hear of a pod before a controller takes it away.</summary>
    public void Start()
    {
        Kubelets.Start();
        foreach (var controller in _controllers)
        {
            controller.Start();
        }
    }

    public void Dispose()
    {
        foreach (var controller in _controllers)
        {
            controller.Dispose();
        }

        Kubelets.Dispose();
    }
}
