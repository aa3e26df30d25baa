using System.Collections.Concurrent;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>
/// Follows the machines of a node wherever they go, from the plan's reading until the end of the run, and keeps the <see cref="MachineLedger"/> up to date. The
/// first step that acts begins it; later ones go on with it.
/// </summary>
internal sealed class MachineWatch : IAsyncDisposable
{
    private readonly StepContext _context;
    private readonly HashSet<string> _planned;
    private readonly DateTimeOffset _since;
    private readonly LiveView<VirtualMachineInstance> _instances;
    private readonly LiveView<Migration> _migrations;
    private readonly LiveView<VirtualMachine> _machines;
    private readonly AttachTrouble? _attaching;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ObjectName, Following> _followings = [];

    private MachineWatch(StepContext context, NodeInventory inventory)
    {
        _context = context;
        _planned = [.. inventory.Instances.Items.Select(instance => instance.Uid)];
        Board = new ChangeBoard();
        var (cluster, services) = (context.Cluster, context.Services);
        var (instances, migrations, machines) = inventory.ServesKubeVirt
            ? (cluster.VirtualMachineInstances, cluster.Migrations, cluster.VirtualMachines)
            : (NoObjects<VirtualMachineInstance>.Reader, NoObjects<Migration>.Reader, NoObjects<VirtualMachine>.Reader);
        // Instances are followed all over the cluster, because they go to other nodes and late ones may come from any namespace.
        // What replaced an instance in an earlier run has long come: then everything is to be told.
        var from = inventory.Machines.Any(machine => machine.Instance is null && inventory.Journaled.GetValueOrDefault(machine.Name)?.Fate == VirtualMachineFate.ReplacedUnderNewName)
            ? null
            : inventory.Instances;
        // The machines of the whole cluster are heard of, and most of them are no business of this run: those it never asks about wake nobody.
        _instances = new(instances, Selection.All, from, Board, instance => Known(SubjectsOf(instance)), services, IsOfThisRun);
        _since = inventory.ReadAt;
        _migrations = new(
            migrations, Selection.All, from: null, Board, migration => Known([new ObjectName(migration.Name.Namespace, migration.InstanceName)]), services);
        _machines = new(machines, SelectionOf(inventory), from: null, Board, machine => Known([machine.Name]), services);
        _attaching = context.Handover.Find<FateRule>() is { IsLoss: true } ? new(context, SelectionOf(inventory).Namespace, Board, OwnersOf) : null;
    }

    /// <summary>Where news of pods, instances, migrations and machines are posted, under the name of the instance.</summary>
    public ChangeBoard Board { get; }

    /// <summary>Why contact with the server is lost at the moment; null while it is held.</summary>
    public ClusterException? Interruption => _instances.Interruption ?? _migrations.Interruption ?? _machines.Interruption;

    /// <summary>The watch of this run; begins it if no step before has.</summary>
    public static MachineWatch GetOrBegin(StepContext context, NodeInventory inventory)
    {
        if (context.Handover.Find<MachineWatch>() is { } known)
        {
            return known;
        }

        var watch = new MachineWatch(context, inventory);
        context.Handover.Put(watch);
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var following in _followings.Values)
        {
            await ((Task)following.Settled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await following.Target.DisposeAsync().ConfigureAwait(false);
        }

        await _instances.DisposeAsync().ConfigureAwait(false);
        await _migrations.DisposeAsync().ConfigureAwait(false);
        await _machines.DisposeAsync().ConfigureAwait(false);
        if (_attaching is not null)
        {
            await _attaching.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    /// <exception cref="ClusterException">The server does not let us watch any more.</exception>
    public void EnsureWatching()
    {
        _instances.EnsureWatching();
        _migrations.EnsureWatching();
        _machines.EnsureWatching();
    }

    /// <summary>Whether everything that is there has been told once.</summary>
    public bool IsComplete =>
        _instances.Synchronized.IsCompletedSuccessfully && _machines.Synchronized.IsCompletedSuccessfully && _migrations.Synchronized.IsCompletedSuccessfully;

    /// <summary>Whether a machine is followed.</summary>
    public bool Follows(ObjectName name) => _followings.ContainsKey(name);

    /// <summary>The instance of that name now; null if there is none.</summary>
    public VirtualMachineInstance? FindInstance(ObjectName name) => _instances.Find(name);

    /// <summary>The machine of that name now; null if there is none, or it has not been told yet.</summary>
    public VirtualMachine? FindMachine(ObjectName name) => _machines.Find(name);

    /// <summary>How a followed machine stands; null if it is not followed.</summary>
    public MachineStanding? FindStanding(ObjectName name) => _followings.GetValueOrDefault(name)?.Standing;

    /// <summary>The migrations of an instance, the oldest first.</summary>
    public IReadOnlyList<Migration> FindMigrations(ObjectName name) => MigrationsOf(name);

    /// <summary>How many migrations are under way beyond waiting for their turn: away from a node, and in all.</summary>
    public (int FromNode, int InAll) CountMigrations(string nodeName)
    {
        var active = _migrations.Where(static migration => migration is { IsFinal: false, Phase: not MigrationPhase.Pending });
        return (active.Count(migration => FindInstance(new ObjectName(migration.Name.Namespace, migration.InstanceName))?.NodeName == nodeName), active.Count);
    }

    /// <summary>Enters a machine in the ledger and follows it; one that is followed already goes on as it was.</summary>
    public void Follow(MachineExpectation expectation)
    {
        if (!expectation.IsConcerned || _followings.ContainsKey(expectation.Name))
        {
            return;
        }

        _context.Machines.Enter(new VirtualMachineReport
        {
            Name = expectation.Name,
            InstanceUid = expectation.Instance!.Uid,
            From = expectation.NodeName,
            To = expectation.NodeName,
            ExpectedFate = expectation.Fate,
            Outcome = VirtualMachineOutcome.Unmoved,
            Message = MachineJudge.Unmoved,
        });
        var following = new Following(expectation, new MigrationTargetWatch(_context, Board, new ObjectIdentity(expectation.Name, expectation.Instance.Uid)));
        if (_followings.TryAdd(expectation.Name, following))
        {
            following.Settled = Task.Run(() => FollowAsync(following));
        }
    }

    /// <summary>A machine that was to be started is not: what its run strategy says counts again.</summary>
    public void ExpectNoStart(ObjectName name)
    {
        if (_followings.TryGetValue(name, out var following))
        {
            following.Expectation = following.Expectation with { StartsAgain = false };
            Board.Raise(name);
        }
    }

    /// <summary>Completes when everything that is followed is settled, or has had its time (<see cref="MaintenanceOptions.MachineTimeout"/>).</summary>
    /// <param name="progress">Told how many are settled, of how many, whenever that changes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="orBack">Whether to complete, too, as soon as one has been started on the node itself again.</param>
    public async Task<IReadOnlyList<(MachineExpectation Expected, MachineStanding Standing)>> WaitUntilSettledAsync(
        Action<int, int> progress, CancellationToken cancellationToken, bool orBack = false)
    {
        var followings = _followings.Values.OrderBy(following => following.Expectation.Name).ToList();
        var open = followings.Select(following => following.Settled).ToList();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var limit = Task.Delay(_context.Options.MachineTimeout ?? Timeout.InfiniteTimeSpan, _context.Time, over.Token);
        var told = -1;
        while (open.Count > 0 && !limit.IsCompletedSuccessfully)
        {
            var news = orBack ? Board.NextOfAny() : limit;
            // Decided on and answered by one look: it may have left again by the next one, and would then be taken for one that has had its time.
            if (orBack && Look() is var look && look.Any(static one => one.Standing.IsBack))
            {
                await over.CancelAsync().ConfigureAwait(false);
                return look;
            }

            if (told != open.Count)
            {
                told = open.Count;
                progress(followings.Count - open.Count, followings.Count);
            }

            var next = await Task.WhenAny([limit, news, .. open]).WaitAsync(cancellationToken).ConfigureAwait(false);
            await next.ConfigureAwait(false);
            open.RemoveAll(task => task.IsCompletedSuccessfully);
        }

        await over.CancelAsync().ConfigureAwait(false);
        return Look();

        List<(MachineExpectation Expected, MachineStanding Standing)> Look() => [.. followings.Select(following => (following.Expectation, following.Standing ?? NotSeen))];
    }

    /// <summary>Completes when the instance that was found on the node has ended, is gone, or was replaced under its name.</summary>
    public async Task WaitUntilEndedAsync(MachineExpectation expected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var news = Board.Next(expected.Name);
            EnsureWatching();
            if (FindInstance(expected.Name) is not { IsFinal: false } instance || instance.Uid != expected.Instance!.Uid)
            {
                return;
            }

            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is followed and not settled, with how it stands.</summary>
    public IReadOnlyList<(MachineExpectation Expected, MachineStanding Standing)> Unsettled =>
        [.. _followings.Values
            .Where(following => following.Standing is { IsSettled: false })
            .OrderBy(following => following.Expectation.Name)
            .Select(following => (following.Expectation, following.Standing!))];

    private async Task<MachineStanding> FollowAsync(Following following)
    {
        while (true)
        {
            var news = Board.Next(following.Expectation.Name);
            // After the news: it may have been changed with them.
            var expectation = following.Expectation;
            news = SetOf(expectation.Instance!) is { } set ? Task.WhenAny(news, Board.Next(set)) : news;
            EnsureWatching();
            var now = Look(following);
            TellFailures(following, now);
            var standing = MachineJudge.Judge(expectation, now);
            if (standing != following.Standing)
            {
                following.Standing = standing;
                _context.Machines.Note(expectation.Name, report => report with
                {
                    Outcome = standing.Outcome,
                    To = standing.To,
                    AwayFor = standing.AwayFor,
                    Message = standing.Message,
                });
                // Who gets its pod off the node counts this as progress.
                Board.Raise(expectation.Name);
            }

            if (standing.IsSettled)
            {
                return standing;
            }

            await following.Target.WaitAsync(news, _stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Each migration that fails while the machine is followed is told once; KubeVirt tries again by itself, and then nothing shows it any more.</summary>
    private void TellFailures(Following following, MachineNow now)
    {
        if (!now.IsComplete)
        {
            return;
        }

        var failed = now.Migrations.Where(static migration => migration.Phase == MigrationPhase.Failed).ToList();
        var isFirst = following.Failed is null;
        following.Failed ??= [.. failed.Select(static migration => migration.Uid)];
        foreach (var migration in failed.Where(migration => !isFirst && following.Failed.Add(migration.Uid)))
        {
            var reason = MigrationProgress.Reason(migration, now.Instance);
            _context.ReportFinding(new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "MigrationFailed",
                Message = $"VM {following.Expectation.Name}: migration {migration.Name.Name} failed{reason}.",
                Lift = migration.EvacuatedNode is null ? "" : "KubeVirt tries again by itself after a while.",
                Object = Refer.To(migration),
            });
        }
    }

    private MachineNow Look(Following following)
    {
        var expectation = following.Expectation;
        var instance = _instances.Find(expectation.Name);
        if (instance is not null && instance.Uid == expectation.Instance!.Uid)
        {
            following.Former = instance;
        }
        else if (_instances.FindGone(expectation.Instance!.Uid) is { } gone)
        {
            // Its end and its deletion may have come at once: how it ended is in the last word about it.
            following.Former = gone;
        }

        IReadOnlyList<Migration> migrations = instance is null ? [] : MigrationsOf(expectation.Name);
        var replacement = expectation.Fate == VirtualMachineFate.ReplacedUnderNewName ? FindReplacement(expectation) : null;
        return new MachineNow
        {
            Instance = instance,
            Former = following.Former,
            Replacement = replacement,
            AttachTrouble = Arriving(expectation, replacement ?? instance) is { } arriving ? _attaching?.Of(arriving) : null,
            Machine = _machines.Find(expectation.Name),
            Migrations = migrations,
            TargetPod = following.Target.Find(migrations),
            IsComplete = IsComplete,
            At = _context.Time.GetUtcNow(),
        };
    }

    /// <summary>The instance in its place that is not up yet; null if there is none.</summary>
    private static VirtualMachineInstance? Arriving(MachineExpectation expectation, VirtualMachineInstance? instance) =>
        instance is { IsFinal: false, Phase: not InstancePhase.Running } && instance.Uid != expectation.Instance!.Uid ? instance : null;

    /// <summary>Whose pod that is: the machine's name, and its replica set's.</summary>
    private IEnumerable<ObjectName> OwnersOf(string podUid) => _instances.Where(instance => instance.ActivePods.ContainsKey(podUid)).SelectMany(SubjectsOf);

    /// <summary>
    /// Instances that a replica set has made since the plan, on other nodes, count for those that have gone, one for one: the first ready one for the first name, and so on.
    /// </summary>
    private VirtualMachineInstance? FindReplacement(MachineExpectation expectation)
    {
        var set = expectation.Instance!.Controller?.Uid;
        var rank = _followings.Values.Count(other => other.Expectation.Fate == VirtualMachineFate.ReplacedUnderNewName
            && other.Expectation.Instance!.Controller?.Uid == set
            && other.Expectation.Name.CompareTo(expectation.Name) < 0);
        return _instances
            .Where(instance => instance.Controller?.Uid == set && instance.CreatedAt >= _since && instance.NodeName != expectation.NodeName && !instance.IsFinal && !instance.IsDeleting)
            .OrderByDescending(instance => instance.IsReady)
            .ThenBy(instance => instance.CreatedAt)
            .ThenBy(instance => instance.Name)
            .Skip(rank)
            .FirstOrDefault();
    }

    private IEnumerable<ObjectName> Known(IEnumerable<ObjectName> subjects) => subjects.Where(Board.Knows);

    private static IEnumerable<ObjectName> SubjectsOf(VirtualMachineInstance instance) =>
        SetOf(instance) is { } set ? [instance.Name, set] : [instance.Name];

    private static ObjectName? SetOf(VirtualMachineInstance instance) =>
        instance.Controller is { Kind: "VirtualMachineInstanceReplicaSet" } set && ObjectName.IsValid(set.Name) ? new ObjectName(instance.Name.Namespace, set.Name) : null;

    private static MachineStanding NotSeen => new() { Outcome = VirtualMachineOutcome.Unmoved, IsSettled = false, Message = MachineJudge.Unmoved };

    private bool IsOfThisRun(VirtualMachineInstance instance) =>
        _planned.Contains(instance.Uid)
        || _followings.TryGetValue(instance.Name, out var following) && following.Expectation.Instance!.Uid == instance.Uid;

    private List<Migration> MigrationsOf(ObjectName instance) =>
        [.. _migrations
            .Where(migration => migration.InstanceName == instance.Name && migration.Name.Namespace == instance.Namespace)
            .OrderBy(migration => migration.CreatedAt)
            .ThenBy(migration => migration.Name)];

    private static Selection SelectionOf(NodeInventory inventory)
    {
        var namespaces = inventory.Machines.Select(machine => machine.Name.Namespace!).Distinct().Take(2).ToList();
        return namespaces.Count == 1 ? Selection.InNamespace(namespaces[0]) : Selection.All;
    }

    private sealed class Following(MachineExpectation expectation, MigrationTargetWatch target)
    {
        public MachineExpectation Expectation { get; set; } = expectation;

        public MigrationTargetWatch Target { get; } = target;

        public Task<MachineStanding> Settled { get; set; } = Task.FromException<MachineStanding>(new InvalidOperationException("not begun"));

        public MachineStanding? Standing { get; set; }

        public VirtualMachineInstance? Former { get; set; }

        /// <summary>UIDs of its migrations whose failure is known; null before all are known once.</summary>
        public HashSet<string>? Failed { get; set; }
    }
}
