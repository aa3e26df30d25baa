using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Benchmarks.Server;

/// <summary>A cluster whose scene is set fast and measured as on the wall; its nodes are used again and again.</summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>How much faster than the wall a scene is set.</summary>
    public const double Fast = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);
    private readonly SimulatedTime _time;
    private readonly SimulatedCluster _cluster;
    private readonly SceneRequest _request;
    private Marks? _marks;

    private Stage(SimulatedTime time, SimulatedCluster cluster, SceneRequest request) => (_time, _cluster, _request) = (time, cluster, request);

    public static async Task<Stage> StartAsync(SceneRequest request, SimulatedTime time)
    {
        var cluster = await Scenes.Build(request, time).StartAsync();
        Scenes.Fill(cluster, request.Crowd);
        cluster.SetUnschedulable(Scenes.ControlPlane);
        cluster.WriteKubeconfig(request.Kubeconfig);
        return new Stage(time, cluster, request);
    }

    /// <summary>From now on time passes as on the wall, and what happens to these nodes' machines is noted.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="hurry">Whether time passes fast again as soon as everything is gone: what follows a recovery takes Kubernetes a minute, whoever waits for it.</param>
    public object Begin(string[] nodes, bool hurry)
    {
        _time.ChangeSpeed(1);
        _cluster.Requests.Clear();
        _marks = new Marks(_cluster, nodes, hurry ? () => _time.ChangeSpeed(Fast) : static () => { });
        return new { began = _marks.Began };
    }

    /// <summary>What was noted. What is still on its way arrives fast, if that is wished, and is told in the cluster's time.</summary>
    public async Task<ServerMarks> EndAsync(bool settleAll)
    {
        var marks = _marks ?? throw new InvalidOperationException("Nothing has begun.");
        if (settleAll)
        {
            _time.ChangeSpeed(Fast);
            await _cluster.UntilAsync(() => marks.AllArrived, "all machines run elsewhere", Patience);
        }

        marks.Dispose();
        return marks.Tell();
    }

    public async Task CrashAsync(string node)
    {
        _time.ChangeSpeed(Fast);
        _cluster.CrashNode(node);
        await _cluster.UntilAsync(() => _cluster.Objects.Condition("nodes", node, "Ready", ns: null) == "Unknown", "the crash is noticed", Patience);
    }

    /// <summary>Puts these nodes back into service, by our own way back and past the API, until everything is at rest.</summary>
    public async Task ResetAsync(string[] nodes)
    {
        _time.ChangeSpeed(Fast);
        foreach (var node in nodes)
        {
            if (!_cluster.Host(node).HasPower)
            {
                _cluster.PowerOnNode(node);
                await _cluster.UntilAsync(() => _cluster.Objects.Condition("nodes", node, "Ready", ns: null) == "True", "the node is back", Patience);
            }
        }

        await _cluster.UntilAsync(AllRun, "all machines run", Patience);
        using var cluster = KubernetesCluster.FromKubeConfig(_request.Kubeconfig, options: new() { TimeProvider = _time });
        var runner = new MaintenanceRunner(cluster, _time);
        foreach (var node in nodes)
        {
            if ((await runner.FindUnfinishedAsync(node)).Maintenance is not null || _cluster.Objects.Text("nodes", node, "spec.unschedulable", ns: null) is not null)
            {
                await runner.RunAsync(NodeMaintenance.OnNode(node).ReturnToService());
            }

            _cluster.SetUnschedulable(node, unschedulable: false);
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private bool AllRun()
    {
        var machines = _cluster.Api.List(ResourceTypes.VirtualMachineInstances);
        return machines.Count >= _request.Machines * _request.Loaded && machines.All(machine => InstancePhase.Of(machine) == "Running" && Conditions.IsTrue(machine.Json, "Ready"))
            && _cluster.Api.List(ResourceTypes.VolumeAttachments).Count(each => each.Name.StartsWith("csi-", StringComparison.Ordinal)) <= _request.Machines * _request.Loaded;
    }
}
