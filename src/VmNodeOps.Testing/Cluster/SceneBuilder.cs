using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Testing.Hosts;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing;

/// <summary>Makes a cluster of a description, through the same controllers that run it later, and waits until it is at rest.</summary>
internal sealed class SceneBuilder
{
    private const string ControlPlaneRole = "node-role.kubernetes.io/control-plane";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly SimulatedClusterBuilder _builder;
    private readonly SceneObjects _objects;
    private readonly SceneRest _rest;
    private IDisposable? _hold;

    public SceneBuilder(SimulatedClusterBuilder builder, SimulatedTime time)
    {
        _builder = builder.Nodes.Count > 0 ? builder : builder.WithNodes("node-1", "node-2", "node-3");
        Api = new ApiMachinery(time, builder.Seed);
        var hosts = new HostOptions { KubernetesVersion = builder.KubernetesVersion, Heartbeats = builder.Heartbeats };
        // Before 1.32 the API server's default was to refuse sendInitialEvents.
        Api.Features.WatchList = hosts.Minor >= 32;
        Api.Features.KnownSpecFields[ResourceTypes.VirtualMachineInstanceMigrations.QualifiedName] = builder.KubeVirt.MigrationSpecFields;
        ControlPlane = new Controllers.ControlPlane(Api, new Controllers.ControlPlaneOptions { Hosts = hosts, Events = builder.Events });
        KubeVirt = new KubeVirtSimulation(Api, ControlPlane.Kubelets, new KubeVirtSettings
        {
            Profile = builder.KubeVirt,
            Namespace = builder.KubeVirtNamespace,
            ComponentNodes = builder.KubeVirtNodes,
            EvictionStrategy = builder.DefaultEvictionStrategy?.ToString(),
            ParallelMigrationsPerCluster = builder.ParallelMigrationsPerCluster,
            ParallelOutboundMigrationsPerNode = builder.ParallelOutboundMigrationsPerNode,
            Heartbeats = builder.Heartbeats,
            Events = builder.Events,
        });
        _objects = new SceneObjects(Api);
        _rest = new SceneRest(Api, _builder);
    }

    public ApiMachinery Api { get; }

    public Controllers.ControlPlane ControlPlane { get; }

    public KubeVirtSimulation KubeVirt { get; }

    public HttpFrontOptions FrontOptions => new()
    {
        Settings = new ServerSettings
        {
            Version = _builder.KubernetesVersion,
            KubeVirtVersion = "v" + _builder.KubeVirt.Name,
            VirtApiAnswers = KubeVirt.VirtApi.TryCallWebhook,
        },
        Certificate = _builder.Certificate,
        PlainHttp = _builder.PlainHttp,
        Hosts = () => ControlPlane.Kubelets.Hosts,
    };

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _builder.Nodes)
        {
            AddHost(node);
        }

        ControlPlane.Start();
        await UntilAsync(() => Api.List(ResourceTypes.Nodes).Count == _builder.Nodes.Count, "the nodes are registered", cancellationToken)
            .ConfigureAwait(false);
        KubeVirt.Start();
        WriteSurroundings();
        await UntilAsync(() => KubeVirt.IsLed && _rest.IsKubeVirtReady(), "KubeVirt is ready", cancellationToken).ConfigureAwait(false);
        Api.Time.Invoke(() =>
        {
            foreach (var machine in _builder.VirtualMachines)
            {
                Write(machine);
            }
        });
        await UntilAsync(_rest.IsReached, "the machines run and everything is at rest", cancellationToken).ConfigureAwait(false);
    }

    private async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
    {
        var wait = new Wait(KubeVirt.World, condition, Limit, what);
        Resume();
        try
        {
            _hold = await wait.ReachedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException timeout)
        {
            throw new InvalidOperationException($"The cluster did not come up: {what}. {_rest.Describe()}", timeout);
        }
    }

    /// <summary>Between the stages time stands, so that a slow machine builds the same cluster as a fast one.</summary>
    public void Resume()
    {
        _hold?.Dispose();
        _hold = null;
    }

    private void AddHost(SimulatedNode node)
    {
        var labels = new Dictionary<string, string>(node.Labels);
        if (node.IsControlPlane)
        {
            labels.TryAdd(ControlPlaneRole, "");
        }

        var shape = new NodeShape { Name = node.Name, Labels = labels, Annotations = node.Annotations };
        var capacity = new Dictionary<string, string>(shape.Capacity);
        foreach (var (resource, quantity) in node.Capacity)
        {
            capacity[resource] = quantity;
        }

        var host = ControlPlane.Kubelets.Add(shape with { Capacity = capacity });
        host.Changed += (changed, _) => KubeVirt.HostChanged(changed);
    }

    private void WriteSurroundings() => Api.Time.Invoke(() =>
    {
        var used = _builder.VirtualMachines.Select(machine => machine.Namespace)
            .Concat(_builder.Workloads.Select(workload => workload.Namespace))
            .Concat(_builder.Budgets.Select(budget => budget.Namespace))
            .Concat(_builder.Namespaces);
        foreach (var ns in used.Distinct(StringComparer.Ordinal))
        {
            _objects.EnsureNamespace(ns);
        }

        foreach (var json in _builder.Objects)
        {
            new ClusterObjects(Api).Create(json);
        }

        foreach (var user in _builder.Users)
        {
            _objects.Write(user);
        }

        foreach (var workload in _builder.Workloads)
        {
            _objects.Write(workload);
        }

        foreach (var budget in _builder.Budgets)
        {
            _objects.Write(budget);
        }
    });

    private void Write(SimulatedVirtualMachine machine)
    {
        KubeVirt.World.SetBehavior(machine.Namespace, machine.Name, _ => machine.Behavior);
        if (machine.Node is { } node)
        {
            KubeVirt.World.PlaceNext(machine.Namespace, machine.Name, node);
        }

        _objects.WriteVolumes(machine);
        new MachineWriter(Api).Write(machine);
    }
}
