using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Migrates back the machines that left the node by migration during its maintenance, a few at a time.</summary>
/// <remarks>
/// The target is named by a node selector that is added to the migration. KubeVirt before 1.6 does not know that field and would send the machine anywhere; the request is therefore sent
/// so that a server which does not know it refuses.
/// </remarks>
internal sealed class BringBackStep(BringBackOptions options) : IRememberedStep
{
    private static readonly string[] MigrationVerbs = ["create", "list", "watch"];
    private const string HostName = "kubernetes.io/hostname";

    public string Name => "bring-back";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var moved = (reading?.Journal?.Machines ?? []).Where(machine => machine is { Fate: VirtualMachineFate.Migrates, StoppedByUs: null }).ToList();
        var actions = new List<PlannedAction>();
        foreach (var machine in moved)
        {
            var instance = await context.Cluster.VirtualMachineInstances.FindAsync(machine.Name, cancellationToken).ConfigureAwait(false);
            if (instance is { Phase: InstancePhase.Running, IsLiveMigratable: true, IsDeleting: false } && instance.Uid == machine.InstanceUid
                && instance.NodeName != context.Node.Name.Name)
            {
                actions.Add(new PlannedAction
                {
                    Kind = ActionKind.Migrate,
                    Target = Refer.To(instance),
                    What = $"migrate VM {machine.Name} back from {instance.NodeName}",
                    Why = "It left the node by migration during its maintenance.",
                });
            }
        }

        return new StepPlan
        {
            Step = Name,
            Actions = actions,
            Rights =
            [
                new() { Verb = "get", Group = "kubevirt.io", Resource = "virtualmachineinstances" },
                .. MigrationVerbs.Select(verb => new AccessQuestion { Verb = verb, Group = "kubevirt.io", Resource = "virtualmachineinstancemigrations" }),
            ],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("nothing to bring back");
        }

        using var slots = new SemaphoreSlim(options.MaxParallel);
        var done = 0;
        var objections = await Task.WhenAll(context.Plan.Actions.Select(async action =>
        {
            await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var objection = await BringBackAsync(context, action.Target!, cancellationToken).ConfigureAwait(false);
                context.ReportProgress(Interlocked.Increment(ref done), context.Plan.Actions.Count, $"{action.Target!.Name}: {objection ?? "is back"}");
                return objection is null ? null : $"{action.Target.Name}: {objection}";
            }
            finally
            {
                slots.Release();
            }
        })).ConfigureAwait(false);
        var left = objections.OfType<string>().ToList();
        var back = objections.Length - left.Count;
        return left.Count == 0
            ? StepOutcome.Succeeded($"{back} {(back == 1 ? "machine is" : "machines are")} back")
            : StepOutcome.Failed("NotBroughtBack", $"{back} of {objections.Length} machines are back. The others run on where they are: {string.Join(" ", left)}");
    }

    /// <returns>Null if it is back; else why not.</returns>
    private static async Task<string?> BringBackAsync(StepContext context, ObjectReference target, CancellationToken cancellationToken)
    {
        var instance = await context.PersevereAsync(token => context.Cluster.VirtualMachineInstances.FindAsync(target.Name, token), cancellationToken).ConfigureAwait(false);
        if (instance is null || instance.Uid != target.Uid)
        {
            return "was stopped or restarted meanwhile.";
        }

        var node = context.Node.Planned;
        if (instance.NodeName == node.Name.Name)
        {
            return null;
        }

        Migration migration;
        try
        {
            migration = await context.PersevereAsync(token => AskAsync(context, instance, token), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException refusal) when (!Perseverance.MayPass(refusal) && refusal.Cause is not (ClusterErrorCause.Forbidden or ClusterErrorCause.Unauthorized))
        {
            return refusal.Message;
        }

        var end = await UntilOverAsync(context, migration, cancellationToken).ConfigureAwait(false);
        var now = await context.PersevereAsync(token => context.Cluster.VirtualMachineInstances.FindAsync(target.Name, token), cancellationToken).ConfigureAwait(false);
        return now?.NodeName == node.Name.Name ? null
            : $"its migration {migration.Name.Name} {(end is null ? "was deleted" : $"ended as {end.Phase}")}{(end?.State?.FailureReason is { Length: > 0 } reason ? $": {reason}" : "")}.";
    }

    /// <summary>KubeVirt allows one unfinished migration of an instance: one that is there is ours, from an answer that was lost, or somebody else's, and is followed as well.</summary>
    private static async Task<Migration> AskAsync(StepContext context, VirtualMachineInstance instance, CancellationToken cancellationToken)
    {
        var known = await context.Cluster.Migrations.ListAsync(Selection.InNamespace(instance.Name.Namespace!), cancellationToken).ConfigureAwait(false);
        if (known.Items.FirstOrDefault(migration => migration.InstanceName == instance.Name.Name && !migration.IsFinal) is { } unfinished)
        {
            return unfinished;
        }

        var node = context.Node.Planned;
        var selector = new Dictionary<string, string> { [HostName] = node.Labels.GetValueOrDefault(HostName) ?? node.Name.Name };
        return await context.Gate.WriteAsync(
            new WriteIntent { Verb = "migrate", Target = Refer.To(instance) },
            (cluster, token) => cluster.Migrations.CreateAsync(instance.Name, selector, cancellationToken: token),
            cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The migration at its end; null if it was deleted.</returns>
    private static async Task<Migration?> UntilOverAsync(StepContext context, Migration migration, CancellationToken cancellationToken)
    {
        var selection = Selection.Named(migration.Name);
        var now = await context.ListAsync(context.Cluster.Migrations, selection, cancellationToken).ConfigureAwait(false);
        if (now.Items is not [var current] || current.Uid != migration.Uid)
        {
            return null;
        }

        if (current.IsFinal)
        {
            return current;
        }

        await foreach (var change in context.WatchAsync(context.Cluster.Migrations, selection, now, cancellationToken).ConfigureAwait(false))
        {
            if (change.Kind is WatchEventKind.Deleted || change.Object is { IsFinal: true })
            {
                return change.Kind is WatchEventKind.Deleted ? null : change.Object;
            }
        }

        return null;
    }
}
