using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until no instance claims any more to run on the node without a pod, and touches those that do so for long.</summary>
/// <remarks>
/// When virt-api was away while pods vanished, KubeVirt could not mark their instances as failed and tries again after growing pauses, so that recovery can lag
/// behind as long again as the outage was. Any write to an instance makes KubeVirt look at it at once; an annotation is the smallest.
/// </remarks>
internal sealed class SettleMachinesStep(SettleMachinesOptions options) : IRememberedStep
{
    /// <summary>Says when an instance was last touched. It goes with the instance.</summary>
    private const string Annotation = "vmnodeops.io/touched-at";

    public string Name => "settle-machines";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        return new StepPlan
        {
            Step = Name,
            Rights = [.. MachineRights.Watching, new AccessQuestion { Verb = "patch", Group = "kubevirt.io", Resource = "virtualmachineinstances" }],
            Actions = inventory.Machines.Any(machine => machine.IsAtHome)
                ?
                [
                    new PlannedAction
                    {
                        Kind = ActionKind.Wait,
                        What = $"wait until no instance claims to run on node {context.Node.Name}, and touch those that do so without a pod",
                        Why = $"KubeVirt may pause for long after trouble; an annotation ({Annotation}) makes it look again at once.",
                    },
                ]
                : [],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken);

    public string? DescribePending(StepContext context)
    {
        if (context.Handover.Find<MachineWatch>() is not { } watch)
        {
            return null;
        }

        var left = context.Machines.All.Where(machine => Claiming(context, watch, machine) is not null).Select(machine => machine.Name.ToString()).ToList();
        return left.Count == 0 ? null : $"Their pods are gone, but KubeVirt still lists them as running on {context.Node.Planned.Name}: {string.Join(", ", left)}. Look at virt-controller and virt-api.";
    }

    private async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<MachineWatch>() is not { } watch)
        {
            return StepOutcome.Skipped("no machine was released");
        }

        var selection = new Selection { NodeName = context.Node.Planned.Name.Name, Labels = LauncherPods.Selector };
        var pods = await context.ListAsync(context.Cluster.Pods, selection, cancellationToken).ConfigureAwait(false);
        var held = pods.Items.Where(pod => !pod.IsFinished).Select(LauncherPods.InstanceOf).OfType<ObjectName>().ToHashSet();
        var released = context.Machines.All.Where(machine => !held.Contains(machine.Name)).ToList();
        var touched = await Task.WhenAll(released.Select(machine => SettleAsync(context, watch, machine, evidence, cancellationToken))).ConfigureAwait(false);
        var count = touched.Count(times => times > 0);
        return StepOutcome.Succeeded(count == 0
            ? "KubeVirt has taken notice of all"
            : $"KubeVirt has taken notice of all; {count} {(count == 1 ? "instance" : "instances")} had to be touched");
    }

    /// <returns>How often the instance was touched.</returns>
    private async Task<int> SettleAsync(
        StepContext context, MachineWatch watch, VirtualMachineReport machine, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        for (var touched = 0; ; touched++)
        {
            if (context.Options.MachineTimeout is { } limit && context.Time.GetElapsedTime(started) >= limit)
            {
                // Those that are not there when they are looked for elsewhere are named then.
                return touched;
            }

            if (!await ClaimsForLongAsync(context, watch, machine, options.Patience * Math.Pow(2, Math.Min(touched, 5)), cancellationToken).ConfigureAwait(false)
                || Claiming(context, watch, machine) is not { } heard
                // A watch that has gone deaf tells the same for ever: what is touched is what is there now.
                || Claiming(context, await ReadAsync(context, heard, cancellationToken).ConfigureAwait(false), machine) is not { } instance)
            {
                return touched;
            }

            await context.WriteUnlessGoneAsync(token => TouchAsync(context, instance, evidence, token), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether it goes on to claim that it runs, for that long.</summary>
    private static async Task<bool> ClaimsForLongAsync(
        StepContext context, MachineWatch watch, VirtualMachineReport machine, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (true)
        {
            var news = watch.Board.Next(machine.Name);
            watch.EnsureWatching();
            if (Claiming(context, watch, machine) is null)
            {
                return false;
            }

            try
            {
                await news.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return true;
            }
        }
    }

    /// <summary>The instance that ran on the node, if it still says that it does; null once KubeVirt knows better.</summary>
    private static VirtualMachineInstance? Claiming(StepContext context, MachineWatch watch, VirtualMachineReport machine) =>
        Claiming(context, watch.FindInstance(machine.Name), machine);

    private static VirtualMachineInstance? Claiming(StepContext context, VirtualMachineInstance? found, VirtualMachineReport machine) =>
        found is { IsFinal: false, IsDeleting: false } instance
        && instance.Uid == machine.InstanceUid
        && instance.NodeName == context.Node.Planned.Name.Name
            ? instance
            : null;

    private static Task<VirtualMachineInstance?> ReadAsync(StepContext context, VirtualMachineInstance heard, CancellationToken cancellationToken) =>
        context.PersevereAsync(token => context.Cluster.VirtualMachineInstances.FindAsync(heard.Name, token), cancellationToken);

    private static async Task TouchAsync(StepContext context, VirtualMachineInstance instance, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var now = await context.Cluster.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var mark = new Dictionary<string, string?> { [Annotation] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) };
        var intent = new WriteIntent { Verb = "touch", Target = Refer.To(instance), Evidence = evidence };
        await context.Gate.WriteAsync(
            intent, (cluster, token) => cluster.VirtualMachineInstances.AnnotateAsync(instance.Identity, mark, cancellationToken: token), cancellationToken)
            .ConfigureAwait(false);
    }
}
