using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One draining of one node: every pod of the selection that is there or comes, until none is left or only such as waiting does not help.</summary>
internal sealed class Drainage
{
    /// <summary>How many pods one sentence names; the rest is counted. Each has its own entry in the report.</summary>
    private const int NamedTogether = 5;

    private readonly StepContext _context;
    private readonly DrainOptions _options;
    private readonly NodeInventory _inventory;
    private readonly MachineWatch _machines;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodEviction> _evictions = [];
    private readonly HashSet<string> _leftAlone;

    /// <summary>UIDs of the pods that were taken in or left alone; only the one who takes them in looks.</summary>
    private readonly HashSet<string> _seen = [];
    private HashSet<string> _planned = [];
    private DrainContext? _drain;
    private long _emptySince;

    /// <param name="context">The step.</param>
    /// <param name="options">How.</param>
    /// <param name="inventory">What the plan found.</param>
    /// <param name="machines">Follows the machines.</param>
    /// <param name="before">The draining before this one in the same run: what it left where it is stays there. Null if there was none.</param>
    public Drainage(StepContext context, DrainOptions options, NodeInventory inventory, MachineWatch machines, Drainage? before = null)
    {
        _leftAlone = [.. before?._leftAlone ?? [], .. before?.All.Where(eviction => eviction.Current is EvictionDecision.Leave).Select(eviction => eviction.Pod.Uid) ?? []];
        _context = context;
        _options = options;
        _inventory = inventory;
        _machines = machines;
    }

    /// <summary>How it drains.</summary>
    public DrainOptions Options => _options;

    /// <summary>How many pods there were to drain.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _evictions.Count;
            }
        }
    }

    private IReadOnlyList<PodEviction> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _evictions.Values];
            }
        }
    }

    private IReadOnlyList<PodEviction> Left => [.. Unfinished.OrderBy(eviction => eviction.Pod.Name)];

    /// <summary>The same in the order in which they came: this is looked at on every news, and of a hundred machines there are many.</summary>
    private List<PodEviction> Unfinished
    {
        get
        {
            lock (_gate)
            {
                return [.. _evictions.Values.Where(static eviction => !eviction.Task.IsCompletedSuccessfully)];
            }
        }
    }

    /// <param name="from">The pods as the plan listed them; null to look anew.</param>
    /// <param name="selection">Which pods.</param>
    /// <param name="emptyFor">For how long none must be left before it is over.</param>
    /// <param name="cancellationToken">Stops asking; what was accepted goes on.</param>
    public async Task<StepOutcome> RunAsync(Snapshot<Pod>? from, Selection selection, TimeSpan emptyFor, CancellationToken cancellationToken)
    {
        _planned = [.. from?.Items.Select(pod => pod.Uid) ?? []];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A watch that goes on from a listing tells what came since only when it has come through. With nothing to wait for meanwhile, the present is asked for.
        var pods = new LiveView<Pod>(
            _context.Cluster.Pods, selection, from?.Items.Count > 0 ? from : null, _machines.Board, SubjectsOf, _context.Services);
        await using (pods.ConfigureAwait(false))
        {
            using var drain = new DrainContext(_context, _options, _inventory, _machines, pods);
            _drain = drain;
            try
            {
                return Outcome(await EmptyAsync(pods, emptyFor, stop.Token).ConfigureAwait(false));
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(All.Select(eviction => eviction.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What is not done and why, a sentence for each reason.</summary>
    public string? DescribePending()
    {
        var left = Left.Select(static eviction => (eviction.Subject, eviction.WhyLeft)).ToList();
        var interruption = _drain?.Pods.Interruption ?? _machines.Interruption;
        var contact = interruption is null ? "" : $" Contact with the API server is lost: {interruption.Message}";
        return left.Count == 0 && contact.Length == 0 ? null
            : left.Count == 0 ? contact.Trim()
            : DescribeLeft(left) + contact;
    }

    private string DescribeLeft(List<(string Subject, string Why)> left)
    {
        var lines = left.GroupBy(static one => one.Why, static one => one.Subject).Select(static group => Sentence([.. group], group.Key));
        return $"{left.Count} of {Count} pods are still on node {_inventory.NodeName}: {string.Join(" ", lines)}";
    }

    private static IEnumerable<ObjectName> SubjectsOf(Pod pod) => LauncherPods.InstanceOf(pod) is { } machine ? [pod.Name, machine] : [pod.Name];

    private static string Sentence(IReadOnlyList<string> subjects, string why) => subjects switch
    {
        [var one] => $"{one} {why}.",
        { Count: <= NamedTogether } => $"{string.Join(", ", subjects)}: each {why}.",
        _ => $"{string.Join(", ", subjects.Take(NamedTogether))} and {subjects.Count - NamedTogether} more: each {why}.",
    };

    /// <returns>What is left, as it was when it was decided that waiting is over: a moment later it may look otherwise.</returns>
    private async Task<IReadOnlyList<LeftPod>> EmptyAsync(LiveView<Pod> pods, TimeSpan emptyFor, CancellationToken cancellationToken)
    {
        // What came between the plan's listing and the cordon is told before this completes.
        var caughtUp = false;
        var told = "";
        while (true)
        {
            var news = _machines.Board.NextOfAny();
            pods.EnsureWatching();
            TakeIn(pods, cancellationToken);
            var left = Unfinished;
            left.ForEach(FollowIfLate);
            await ThrowIfOneFailedAsync(left).ConfigureAwait(false);
            told = Tell(told, left);
            var quiet = left.Count > 0 ? emptyFor : UntilQuiet(emptyFor, pods.Interruption is null);
            if (caughtUp && pods.Interruption is null && (left.Count > 0 || quiet <= TimeSpan.Zero)
                && left.ConvertAll(static eviction => new LeftPod(eviction, eviction.StuckFor, eviction.IsOverdue)) is var look
                && look.TrueForAll(static pod => pod.StuckFor is not null || pod.IsOverdue))
            {
                return [.. look.OrderBy(static pod => pod.Eviction.Pod.Name)];
            }

            var wasCaughtUp = caughtUp;
            caughtUp = pods.Synchronized.IsCompletedSuccessfully;
            if (caughtUp && !wasCaughtUp)
            {
                continue;
            }

            // Also when nothing is left to do but contact is lost: then its return is the news.
            var untilOverdue = left.Where(eviction => !eviction.IsOverdue).Min(eviction => eviction.TimeLeft) ?? TimeSpan.Zero;
            await WaitAsync(news, left.Count == 0 && caughtUp ? quiet : untilOverdue, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How long it must still stay empty. While contact is lost nobody knows whether it is.</summary>
    private TimeSpan UntilQuiet(TimeSpan emptyFor, bool isWatched)
    {
        if (_emptySince == 0 || !isWatched)
        {
            _emptySince = _context.Time.GetTimestamp();
        }

        return emptyFor - _context.Time.GetElapsedTime(_emptySince);
    }

    private async Task WaitAsync(Task news, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (longest <= TimeSpan.Zero)
        {
            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny([news, Task.Delay(Delays.RoundUp(longest), _context.Time, over.Token)]).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void TakeIn(LiveView<Pod> pods, CancellationToken cancellationToken)
    {
        foreach (var pod in pods.Where(pod => !_seen.Contains(pod.Uid)).OrderBy(pod => pod.Name))
        {
            _seen.Add(pod.Uid);
            if (_leftAlone.Contains(pod.Uid))
            {
                continue;
            }

            if (PodRules.Judge(pod, _options).Treatment == PodTreatment.LeaveAlone)
            {
                _leftAlone.Add(pod.Uid);
                continue;
            }

            lock (_gate)
            {
                var eviction = new PodEviction(_drain!, pod);
                _evictions[pod.Uid] = eviction;
                _emptySince = 0;
                eviction.Begin(cancellationToken);
                if (!_planned.Contains(pod.Uid))
                {
                    TellLate(eviction);
                }
            }
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
                _machines.Follow(_drain!.Guard.Expect(machine));
            }
        }
    }

    private static async Task ThrowIfOneFailedAsync(IEnumerable<PodEviction> left)
    {
        foreach (var eviction in left.Where(eviction => eviction.Task.IsCompleted))
        {
            await eviction.Task.ConfigureAwait(false);
        }
    }

    /// <summary>How many have left, and what becomes of the others, told whenever it changes.</summary>
    private string Tell(string before, List<PodEviction> left)
    {
        var count = Count;
        var message = DrainTally.Describe(count - left.Count, left);
        if (message != before)
        {
            _context.ReportProgress(count - left.Count, count, message);
        }

        return message;
    }

    private StepOutcome Outcome(IReadOnlyList<LeftPod> left)
    {
        var all = All;
        if (left.Any(static pod => pod.StuckFor is null))
        {
            var overdue = left.Where(static pod => pod.IsOverdue).Select(static pod => pod.Eviction.Machine!.Value).ToList();
            overdue.ForEach(machine => _context.Machines.Note(machine, report => report with { Message = $"Timed out after {_context.Options.MachineTimeout}. {report.Message}".Trim() }));
            return StepOutcome.TimedOut($"{string.Join(", ", overdue)} took longer than {_context.Options.MachineTimeout} (MachineTimeout). {DescribePending()}");
        }

        if (left.Count > 0)
        {
            foreach (var pod in left)
            {
                TellStuck(pod.Eviction, pod.StuckFor!);
            }

            var codes = left.Select(static pod => pod.StuckFor!.Code).Distinct().ToList();
            return StepOutcome.Blocked(codes.Count == 1 ? codes[0] : "SeveralCauses", DescribeLeft([.. left.Select(static pod => (pod.Eviction.Subject, pod.StuckFor!.Sentence))]));
        }

        var skipped = all.Count(eviction => eviction.Current is EvictionDecision.Leave);
        var gone = all.Count - skipped;
        var notWaitedFor = skipped == 0 ? "" : $", {skipped} left where {(skipped == 1 ? "it is" : "they are")}";
        return all.Count == 0
            ? StepOutcome.Skipped("nothing to evict")
            : StepOutcome.Succeeded($"{gone} {(gone == 1 ? "pod has" : "pods have")} left{notWaitedFor}");
    }

    /// <summary>One named cause for each, unless the plan has named it already.</summary>
    private void TellStuck(PodEviction eviction, EvictionDecision.Stuck stuck)
    {
        if (!_context.Plan.Findings.Any(finding => finding.Code == stuck.Code && finding.Message.StartsWith(eviction.Subject, StringComparison.Ordinal)))
        {
            _context.ReportFinding(new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = stuck.Code,
                Message = $"{eviction.Subject} {stuck.Why.TrimEnd('.')}.",
                Lift = Sentences.Begin(stuck.Lift),
                Object = Refer.To(eviction.Pod),
            });
        }
    }

    /// <summary>A pod that has not left, and how it stood at one moment.</summary>
    private sealed record LeftPod(PodEviction Eviction, EvictionDecision.Stuck? StuckFor, bool IsOverdue);
}
