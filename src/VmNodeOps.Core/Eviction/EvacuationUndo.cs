using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Takes back the evacuations that a drain has begun: first the marks, then the migrations that are not over.</summary>
/// <remarks>
/// In that order, because KubeVirt makes another migration for an instance that is still marked. Uncordoning the node stops neither. Before KubeVirt 1.7 nothing takes a mark off but a
/// migration that succeeds, or a restart; there the evacuations go on, and that is told. What was marked before the drain is left as it was.
/// </remarks>
internal sealed class EvacuationUndo(StepContext context, NodeInventory inventory)
{
    /// <summary>A request of the drain that was under way when it was stopped may take effect while its marks are being taken off.</summary>
    private const int Rounds = 3;

    private readonly HashSet<ObjectName> _markedBefore =
        context.Handover.Find<JournalReading>()?.Journal is null ? [.. inventory.Machines.Where(IsMarked).Select(machine => machine.Name)] : [];

    private readonly SortedSet<ObjectName> _cancelled = [];
    private int _deleted;

    public static AccessQuestion[] Rights { get; } =
    [
        new() { Verb = "update", Group = "subresources.kubevirt.io", Resource = "virtualmachineinstances", Subresource = "evacuate/cancel" },
        new() { Verb = "delete", Group = "kubevirt.io", Resource = "virtualmachineinstancemigrations" },
    ];

    public async Task<StepOutcome> RunAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var marked = await MarkedAsync(cancellationToken).ConfigureAwait(false);
            if (marked.Count > 0 && !await TryCancelAsync(marked, cancellationToken).ConfigureAwait(false))
            {
                return CannotCancel(marked);
            }

            var unfinished = await UnfinishedAsync(cancellationToken).ConfigureAwait(false);
            if (marked.Count == 0 && unfinished.Items.Count == 0)
            {
                break;
            }

            await DeleteAsync(unfinished, cancellationToken).ConfigureAwait(false);
        }

        var elsewhere = context.Machines.All.Where(machine => machine.To is { } to && to != inventory.NodeName).Select(machine => machine.Name.ToString()).ToList();
        var down = context.Machines.All.Where(machine => machine.To is null && machine.Outcome is VirtualMachineOutcome.Moving or VirtualMachineOutcome.StaysDown or VirtualMachineOutcome.Lost)
            .Select(machine => machine.Name.ToString()).ToList();
        var stays = (elsewhere.Count == 0 ? "" : $" What has left stays where it is: {string.Join(", ", elsewhere)}.")
            + (down.Count == 0 ? "" : $" What was being shut down cannot be called back: {string.Join(", ", down)}.");
        return _cancelled.Count == 0 && _deleted == 0
            ? new StepOutcome { Result = StepResult.Skipped, Message = $"no evacuation was under way.{stays}" }
            : StepOutcome.Succeeded($"{_cancelled.Count} evacuations cancelled, {_deleted} unfinished migrations deleted.{stays}");
    }

    private static bool IsMarked(NodeMachine machine) => machine.Instance?.EvacuationNodeName == machine.NodeName;

    private async Task<List<VirtualMachineInstance>> MarkedAsync(CancellationToken cancellationToken)
    {
        var here = await context.ListAsync(context.Cluster.VirtualMachineInstances, Selection.OnNode(inventory.NodeName), cancellationToken).ConfigureAwait(false);
        return [.. here.Items.Where(instance => instance.EvacuationNodeName == inventory.NodeName && !instance.IsFinal && !_markedBefore.Contains(instance.Name))];
    }

    /// <returns>False if this KubeVirt has no call for it.</returns>
    private async Task<bool> TryCancelAsync(List<VirtualMachineInstance> marked, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(marked.Select(instance => context.PersevereAsync(token => CancelAsync(instance, token), cancellationToken))).ConfigureAwait(false);
            return true;
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Unsupported)
        {
            return false;
        }
    }

    /// <summary>KubeVirt answers with an error of its own when the mark names another node by now: a migration has just succeeded. So the instance is looked at before each try.</summary>
    private async Task CancelAsync(VirtualMachineInstance marked, CancellationToken cancellationToken)
    {
        var now = await context.Cluster.VirtualMachineInstances.FindAsync(marked.Name, cancellationToken).ConfigureAwait(false);
        if (now is null || now.Uid != marked.Uid || now.EvacuationNodeName != inventory.NodeName)
        {
            return;
        }

        await context.Gate.WriteAsync(
            new WriteIntent { Verb = "cancel-evacuation", Target = Refer.To(now) },
            (cluster, token) => cluster.VirtualMachineInstances.CancelEvacuationAsync(now.Name, inventory.NodeName, cancellationToken: token),
            cancellationToken).ConfigureAwait(false);
        lock (_cancelled)
        {
            _cancelled.Add(now.Name);
        }
    }

    private async Task<Snapshot<Migration>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        var all = await context.ListAsync(context.Cluster.Migrations, Selection.All, cancellationToken).ConfigureAwait(false);
        return all with { Items = [.. all.Items.Where(migration => !migration.IsFinal && migration.EvacuatedNode == inventory.NodeName && !_markedBefore.Contains(InstanceOf(migration)))] };
    }

    private async Task DeleteAsync(Snapshot<Migration> unfinished, CancellationToken cancellationToken)
    {
        await Task.WhenAll(unfinished.Items.Select(migration => context.WriteUnlessGoneAsync(
            token => context.Gate.WriteAsync(
                new WriteIntent { Verb = "delete", Target = Refer.To(migration) },
                (cluster, write) => cluster.Migrations.DeleteAsync(migration.Identity, cancellationToken: write),
                token),
            cancellationToken))).ConfigureAwait(false);
        _deleted += unfinished.Items.Count;
        await UntilOverAsync(unfinished, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One that transfers memory is aborted on both sides first; until then its guest may still switch over.</summary>
    private async Task UntilOverAsync(Snapshot<Migration> unfinished, CancellationToken cancellationToken)
    {
        var left = unfinished.Items.Select(migration => migration.Uid).ToHashSet();
        if (left.Count == 0)
        {
            return;
        }

        await foreach (var change in context.WatchAsync(context.Cluster.Migrations, Selection.All, unfinished, cancellationToken).ConfigureAwait(false))
        {
            if (change.Object is { } migration && (change.Kind == WatchEventKind.Deleted || migration.IsFinal) && left.Remove(migration.Uid) && left.Count == 0)
            {
                return;
            }
        }
    }

    private static ObjectName InstanceOf(Migration migration) => new(migration.Name.Namespace, migration.InstanceName);

    private StepOutcome CannotCancel(List<VirtualMachineInstance> marked)
    {
        var version = inventory.KubeVirt?.Version is { Length: > 0 } known ? $"KubeVirt {known}" : "This KubeVirt";
        return StepOutcome.Blocked(
            "EvacuationGoesOn",
            $"{version} cannot cancel an evacuation (that came with 1.7), and makes a migration anew when it is deleted. Still marked to leave node {inventory.NodeName}, and migrating now or later: "
            + $"{string.Join(", ", marked.Select(instance => instance.Name))}. A restart of a machine takes its mark off: virtctl restart -n NAMESPACE NAME.");
    }
}
