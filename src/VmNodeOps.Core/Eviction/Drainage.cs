using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One draining of one node: every pod of the selection that is there or comes, until none is left or only such as waiting does not help.</summary>
internal sealed class Drainage
{
    private readonly StepContext _context;
    private readonly DrainOptions _options;
    private readonly NodeInventory _inventory;
    private readonly MachineWatch _machines;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodEviction> _evictions = [];
    private HashSet<string> _planned = [];
    private LiveView<Pod>? _pods;

    public Drainage(StepContext context, DrainOptions options, NodeInventory inventory, MachineWatch machines)
    {
        _context = context;
        _options = options;
        _inventory = inventory;
        _machines = machines;
    }

    private IReadOnlyList<PodEviction> Left
    {
        get
        {
            lock (_gate)
            {
                return [.. _evictions.Values.Where(eviction => !eviction.Task.IsCompletedSuccessfully).OrderBy(eviction => eviction.Pod.Name)];
            }
        }
    }

    /// <param name="from">The pods as the plan listed them.</param>
    /// <param name="selection">Which pods.</param>
    /// <param name="cancellationToken">Stops asking; what was accepted goes on.</param>
    public async Task<StepOutcome> RunAsync(Snapshot<Pod> from, Selection selection, CancellationToken cancellationToken)
    {
        _planned = [.. from.Items.Select(pod => pod.Uid)];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A watch that goes on from a listing tells what came since only when it has come through. With nothing to wait for meanwhile, the present is asked for.
        var pods = new LiveView<Pod>(
            _context.Cluster.Pods, selection, from.Items.Count > 0 ? from : null, _machines.Board, SubjectsOf, _context.Services);
        await using (pods.ConfigureAwait(false))
        {
            _pods = pods;
            try
            {
                await EmptyAsync(pods, stop.Token).ConfigureAwait(false);
                return Outcome();
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(_evictions.Values.Select(eviction => eviction.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What is not done and why, a line for each pod.</summary>
    public string? DescribePending()
    {
        var left = Left;
        var lines = left.Select(eviction => $"{eviction.Subject} {WhyLeft(eviction.Current)}.");
        var interruption = _pods?.Interruption ?? _machines.Interruption;
        var contact = interruption is null ? "" : $" Contact with the API server is lost: {interruption.Message}";
        return left.Count == 0 && contact.Length == 0 ? null
            : left.Count == 0 ? contact.Trim()
            : $"{left.Count} of {_evictions.Count} pods are still on node {_inventory.NodeName}: {string.Join(" ", lines)}{contact}";
    }

    private static IEnumerable<ObjectName> SubjectsOf(Pod pod) => LauncherPods.InstanceOf(pod) is { } machine ? [pod.Name, machine] : [pod.Name];

    private static string WhyLeft(EvictionDecision decision) => decision switch
    {
        EvictionDecision.Wait wait => wait.Why.TrimEnd('.'),
        EvictionDecision.Stuck stuck => stuck.Why.TrimEnd('.'),
        _ => "is being asked to leave",
    };

    private async Task EmptyAsync(LiveView<Pod> pods, CancellationToken cancellationToken)
    {
        // What came between the plan's listing and the cordon is told before this completes.
        var caughtUp = false;
        var gone = -1;
        while (true)
        {
            var news = _machines.Board.NextOfAny();
            pods.EnsureWatching();
            TakeIn(pods, cancellationToken);
            await ThrowIfOneFailedAsync().ConfigureAwait(false);
            gone = Tell(gone);
            if (caughtUp && pods.Interruption is null && Left.All(eviction => eviction.Current is EvictionDecision.Stuck))
            {
                return;
            }

            var wasCaughtUp = caughtUp;
            caughtUp = pods.Synchronized.IsCompletedSuccessfully;
            if (caughtUp && !wasCaughtUp)
            {
                continue;
            }

            // Also when nothing is left to do but contact is lost: then its return is the news.
            await Task.WhenAny([news, .. Left.Select(eviction => eviction.Task).Where(task => !task.IsCompleted)])
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void TakeIn(LiveView<Pod> pods, CancellationToken cancellationToken)
    {
        foreach (var pod in pods.Items.Where(pod => !pod.IsMirror))
        {
            lock (_gate)
            {
                if (_evictions.ContainsKey(pod.Uid))
                {
                    continue;
                }

                var eviction = new PodEviction(_context, _options, pods, _machines, _inventory.KubeVirt, pod);
                _evictions[pod.Uid] = eviction;
                eviction.Begin(cancellationToken);
                if (!_planned.Contains(pod.Uid))
                {
                    TellLate(eviction);
                }
            }
        }

        foreach (var eviction in Left)
        {
            FollowIfLate(eviction);
        }
    }

    private void TellLate(PodEviction eviction) =>
        _context.ReportFinding(new Finding
        {
            Severity = FindingSeverity.Note,
            Code = "LateArrival",
            Message = $"{eviction.Subject}: pod {eviction.Pod.Name.Name} came to node {_inventory.NodeName} after the plan was made; it is drained too.",
            Object = Refer.To(eviction.Pod),
        });

    /// <summary>A machine that came after the plan, or that a migration has brought, is followed like the others as soon as its instance is known.</summary>
    private void FollowIfLate(PodEviction eviction)
    {
        if (eviction.Machine is { } name && _machines.IsComplete && !_machines.Follows(name) && _machines.FindInstance(name) is { } instance)
        {
            var machine = InventoryReading.Join(_inventory.NodeName, name, [eviction.Pod], instance, _machines.FindMachine(name));
            if (machine.IsAtHome)
            {
                _machines.Follow(MachineExpectation.Of(machine, VirtualMachineFates.OfEviction(machine, _inventory.KubeVirt), _context.Node.Planned));
            }
        }
    }

    private async Task ThrowIfOneFailedAsync()
    {
        foreach (var eviction in Left.Where(eviction => eviction.Task.IsFaulted || eviction.Task.IsCanceled))
        {
            await eviction.Task.ConfigureAwait(false);
        }
    }

    private int Tell(int before)
    {
        var left = Left.Count;
        var gone = _evictions.Count - left;
        if (gone != before)
        {
            _context.ReportProgress(gone, _evictions.Count, left == 0 ? "none left" : $"{left} left");
        }

        return gone;
    }

    private StepOutcome Outcome()
    {
        var stuck = Left;
        if (stuck.Count > 0)
        {
            var codes = stuck.Select(eviction => ((EvictionDecision.Stuck)eviction.Current).Code).Distinct().ToList();
            return StepOutcome.Blocked(codes.Count == 1 ? codes[0] : "SeveralCauses", DescribePending()!);
        }

        return _evictions.Count == 0
            ? StepOutcome.Skipped("nothing to evict")
            : StepOutcome.Succeeded($"{_evictions.Count} {(_evictions.Count == 1 ? "pod has" : "pods have")} left");
    }
}
