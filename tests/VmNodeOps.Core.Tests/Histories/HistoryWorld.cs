using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Death;

namespace VmNodeOps.Tests.Histories;

/// <summary>A cluster in which a history takes place, with the runs that it begins.</summary>
internal sealed class HistoryWorld : IAsyncDisposable
{
    private const string Node = "node-2";
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.kubeconfig");
    private readonly List<KubernetesCluster> _clients = [];
    private readonly List<Commanded> _runs = [];
    private readonly List<LoggedRequest> _strays = [];
    private readonly SimulatedCluster _cluster;
    private readonly HistoryEvidence _evidence;
    private readonly string _before;

    private HistoryWorld(SimulatedCluster cluster, bool isLying)
    {
        _cluster = cluster;
        _evidence = new HistoryEvidence(cluster, isLying);
        cluster.WriteKubeconfig(_kubeconfig);
        _before = Invariants.MarksOf(cluster, Node);
        cluster.Faults.Add(new FaultRule { Effect = FaultEffect.Choose(Watch) });
    }

    public int Runs => _runs.Count;

    public int Recovered { get; private set; }

    public int Doubles => _cluster.Guests.Doubles.Count;

    public static async Task<HistoryWorld> StartAsync(int seed, bool isLying) => new(
        await SimulatedCluster.StartAsync(cluster => (cluster with { Seed = seed })
            .WithNodes("node-1", Node, "node-3", "node-4")
            .WithVirtualMachine("always", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("rerun", vm => vm.On(Node).Run(SimulatedRunStrategy.RerunOnFailure).WithDisk())
            .WithVirtualMachine("plain", vm => vm.On(Node))
            .WithVirtualMachine("elsewhere", vm => vm.On("node-3").WithDisk())),
        isLying);

    /// <summary>Lets it happen.</summary>
    public async Task PlayAsync(History history)
    {
        var begin = _cluster.Time.GetUtcNow();
        foreach (var item in history.Events)
        {
            if (begin + item.At - _cluster.Time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
            {
                await _cluster.AdvanceAsync(wait);
            }

            Happen(item);
        }

        await Task.WhenAll(_runs.Where(run => !run.IsDead).Select(run => run.Task));
    }

    /// <summary>The trouble ends, and the node is brought back.</summary>
    public async Task HealAsync()
    {
        _cluster.Faults.Clear();
        _cluster.Faults.Add(new FaultRule { Effect = FaultEffect.Choose(Watch) });
        _cluster.StartVirtApi();
        _cluster.PowerOnNode(Node);
        _cluster.ReconnectNode(Node);
        await _cluster.UntilAsync(() => _cluster.Objects.Condition("nodes", Node, "Ready", ns: null) == "True", "the node is Ready", TimeSpan.FromMinutes(10));
        var last = Begin(maintenance => maintenance.ReturnToService());
        (await last.Task)!.EnsureSucceeded();
    }

    /// <summary>What must hold in the end, judged by what ran on the hosts and by what was asked of the server.</summary>
    public async Task ShouldBeWellAsync()
    {
        _cluster.Guests.Doubles.Should().BeEmpty("no guest runs twice");
        _strays.Where(request => request.Applied).Select(request => request.ToString()).Should().BeEmpty("no object of another node is touched");
        string[] machines = ["always", "elsewhere", "moves", "plain", "rerun"];
        try
        {
            await _cluster.UntilAsync(() => machines.All(IsAsPromised), "every machine that is to run does", TimeSpan.FromMinutes(20));
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException($"forgotten: {string.Join(", ", machines.Where(machine => !IsAsPromised(machine)))}", exception);
        }

        _cluster.Guests.Doubles.Should().BeEmpty("no guest runs twice");
        Invariants.NothingOfOursIsLeft(_cluster);
        Invariants.MarksOf(_cluster, Node).Should().Be(_before);
        (_cluster.Objects.Get("nodes", Node, ns: null)!["spec"]!["taints"]?.ToJsonString() ?? "").Should().NotContain("vmnodeops");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.Cancel.CancelAsync();
        }

        await Task.WhenAll(_runs.Select(run => run.Task));
        _runs.ForEach(run => run.Cancel.Dispose());
        _clients.ForEach(client => client.Dispose());
        File.Delete(_kubeconfig);
        await _cluster.DisposeAsync();
    }

    /// <summary>
    /// It runs, once. One that is to run again after a failure only stays down when it has shut down as asked: Kubernetes itself deletes the pods of a node that is silent for five minutes, and
    /// when the node is back its kubelet ends them in good order.
    /// </summary>
    private bool IsAsPromised(string machine)
    {
        return _cluster.Guests.Of(machine).Count == 1
            || (machine == "rerun" && _cluster.Guests.History.Where(run => run.Name == machine).MaxBy(run => run.StartedAt)?.End == GuestEnd.ShutDown);
    }

    private void Happen(HistoryEvent item)
    {
        switch (item.Kind)
        {
            case HistoryEventKind.Crash:
                _cluster.CrashNode(Node);
                break;
            case HistoryEventKind.CutOff:
                _cluster.CutOffNode(Node);
                break;
            case HistoryEventKind.Reconnect:
                _cluster.ReconnectNode(Node);
                break;
            case HistoryEventKind.PowerOn:
                _cluster.PowerOnNode(Node);
                break;
            case HistoryEventKind.Reboot:
                _cluster.RebootNode(Node);
                break;
            case HistoryEventKind.StopVirtApi:
                _cluster.StopVirtApi();
                break;
            case HistoryEventKind.StartVirtApi:
                _cluster.StartVirtApi();
                break;
            case HistoryEventKind.Recover:
                Begin(maintenance => maintenance.RecoverFromCrash(
                    _evidence, options => options with { Release = item.Choice == 3 ? ReleaseWay.OutOfServiceTaint : ReleaseWay.ForceDelete }));
                break;
            case HistoryEventKind.Return:
                Begin(maintenance => maintenance.ReturnToService());
                break;
            case HistoryEventKind.Die:
                _runs.LastOrDefault(run => !run.IsDead && !run.Task.IsCompleted)?.Die(_cluster);
                break;
            default:
                Trouble(item);
                break;
        }
    }

    private void Trouble(HistoryEvent item)
    {
        var random = new Random(item.Choice);
        _cluster.Faults.Add(new FaultRule
        {
            Effect = item.Kind switch
            {
                HistoryEventKind.BreakWatches => FaultEffect.Choose(_ => WatchTrouble(random)),
                HistoryEventKind.SlowAnswers => FaultEffect.Delay(TimeSpan.FromSeconds(random.Next(1, 8))),
                _ => FaultEffect.Choose(_ => AnswerTrouble(random)),
            },
            Verb = item.Kind == HistoryEventKind.BreakWatches ? "watch" : null,
            Probability = 0.2 + (random.NextDouble() * 0.6),
            Seed = item.Choice,
            Until = _cluster.Time.GetUtcNow() + TimeSpan.FromSeconds(random.Next(5, 90)),
        });
    }

    private static FaultEffect WatchTrouble(Random random)
    {
        lock (random)
        {
            var after = TimeSpan.FromSeconds(random.Next(1, 20));
            return random.Next(4) switch
            {
                0 => FaultEffect.EndWatch(random.Next(5), after),
                1 => FaultEffect.SilenceWatch(random.Next(5), after),
                2 => FaultEffect.ExpireWatch(random.Next(5), after),
                _ => FaultEffect.CutWatch(random.Next(5), after),
            };
        }
    }

    private static FaultEffect AnswerTrouble(Random random)
    {
        lock (random)
        {
            return random.Next(5) switch
            {
                0 => FaultEffect.Status(500, "InternalError"),
                1 => FaultEffect.Status(503, "ServiceUnavailable"),
                2 => FaultEffect.CutBefore(),
                3 => FaultEffect.CutAfter(),
                _ => FaultEffect.NoAnswer(),
            };
        }
    }

    private Commanded Begin(Func<NodeMaintenance, NodeMaintenance> compose)
    {
        var name = $"run-{_runs.Count + 1}";
        var client = KubernetesCluster.FromKubeConfig(
            _kubeconfig, options: new KubernetesClusterOptions { TimeProvider = _cluster.Time, JitterSeed = 1, UserAgent = name });
        _clients.Add(client);
        var runner = new MaintenanceRunner(client, _cluster.Time, defaults: new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong });
        var maintenance = compose(NodeMaintenance.OnNode(Node)).With(options => options with
        {
            Timeout = TimeSpan.FromMinutes(8),
            Lock = new NodeLockOptions { Patience = TimeSpan.FromMinutes(2) },
        });
        var cancel = new CancellationTokenSource();
        var run = new Commanded(name, cancel, RunAsync(runner, maintenance, cancel.Token));
        _runs.Add(run);
        return run;
    }

    private async Task<MaintenanceReport?> RunAsync(MaintenanceRunner runner, NodeMaintenance maintenance, CancellationToken cancellationToken)
    {
        try
        {
            var report = await runner.RunAsync(maintenance, cancellationToken: cancellationToken);
            Recovered += report is { Result: MaintenanceResult.Succeeded } && report.Writes.Any(write => write.Evidence is not null) ? 1 : 0;
            return report;
        }
        catch (Exception exception) when (exception is OperationCanceledException or VmNodeOps.Cluster.ClusterException)
        {
            // It died, or the server was in such trouble that it could not even begin.
            return null;
        }
    }

    /// <summary>Notes what is not the node's, before it is touched. What the server refuses because of its UID is not touched.</summary>
    private FaultEffect? Watch(LoggedRequest request)
    {
        if (request.IsWrite && request.UserAgent?.StartsWith("run-", StringComparison.Ordinal) == true && !IsOfNode(request))
        {
            lock (_strays)
            {
                _strays.Add(request);
            }
        }

        return null;
    }

    private bool IsOfNode(LoggedRequest request) => request.Resource switch
    {
        "nodes" => request.Name == Node,
        "pods" => _cluster.Objects.Get("pods", request.Name!, request.Namespace!) is not { } pod
            || (string?)pod["spec"]!["nodeName"] == Node || request.Namespace == "kubevirt",
        "volumeattachments" => _cluster.Objects.Get("volumeattachments", request.Name!, ns: null) is not { } attachment || (string?)attachment["spec"]!["nodeName"] == Node,
        "virtualmachineinstances" => _cluster.Objects.Get("virtualmachineinstances", request.Name!, request.Namespace!) is not { } instance
            || (string?)instance["status"]?["nodeName"] == Node,
        "leases" or "configmaps" or "namespaces" or "events" or "selfsubjectaccessreviews" => true,
        _ => false,
    };

    /// <summary>A run that somebody has asked for.</summary>
    private sealed class Commanded(string name, CancellationTokenSource cancel, Task<MaintenanceReport?> task)
    {
        public CancellationTokenSource Cancel { get; } = cancel;

        public Task<MaintenanceReport?> Task { get; } = task;

        public bool IsDead { get; private set; }

        public void Die(SimulatedCluster cluster)
        {
            IsDead = true;
            cluster.Faults.DropClient(userAgent: name);
            Cancel.Cancel();
        }
    }
}
