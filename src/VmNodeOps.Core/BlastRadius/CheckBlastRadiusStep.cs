using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Holds a recovery back when the trouble is greater than one node, or when somebody else is at work on it.</summary>
internal sealed class CheckBlastRadiusStep(BlastRadiusOptions options) : IRememberedStep, IKnowsItsBatch
{
    /// <summary>What was seen for the plan serves the run too, unless steps before this one have waited for long.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly BlastRadius _radius = new(options);

    public string Name => "blast-radius";

    public object? Remembered => options;

    /// <summary>It only reads: in a batch every node is looked at, confirmed and cordoned before the machines of the first are released.</summary>
    public bool IsPreparation => true;

    public IMaintenanceStep TogetherWith(IReadOnlyList<string> named) =>
        named.Count == 0 ? this : new CheckBlastRadiusStep(options with { NamedTogether = [.. options.NamedTogether.Union(named, StringComparer.Ordinal)] });

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var nodes = await NodesSeen.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var served = await context.Cluster.Remediations.ListAsync(cancellationToken).ConfigureAwait(false);
        var remediations = served.Items.Where(remediation => remediation.NodeName == context.Node.Name.Name).OrderBy(remediation => remediation.Name);
        return new StepPlan
        {
            Step = Name,
            Rights = [new() { Verb = "list", Group = "", Resource = "nodes" }, .. served.Rights],
            Findings = [.. _radius.Judge(context.Node, nodes, context.ServerTime), .. remediations.Select(remediation => _radius.AtWork(OtherActors.Of(remediation)))],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var now = await context.PersevereAsync(token => context.Cluster.Server.GetTimeAsync(token).AsTask(), cancellationToken).ConfigureAwait(false);
        if (context.Handover.Find<NodesSeen>() is { } seen && now - seen.At <= Fresh)
        {
            return Passed(seen.Count);
        }

        var all = await context.PersevereAsync(token => NodesSeen.ListAsync(context.Cluster.Nodes, context.Node.Planned.Name, now, token), cancellationToken).ConfigureAwait(false);
        var node = all.Telling.FirstOrDefault(one => one.Name == context.Node.Planned.Name) ?? context.Node.Planned;
        var refusals = _radius.Judge(node, all, now).Where(finding => finding.Severity == FindingSeverity.Refusal).ToList();
        return refusals.Count == 0
            ? Passed(all.Count)
            : StepOutcome.Blocked(refusals[0].Code, string.Join(" ", refusals.Select(refusal => $"{refusal.Message} {refusal.Lift}")));
    }

    private static StepOutcome Passed(int nodes) => StepOutcome.Succeeded($"1 of {nodes} nodes is dealt with");
}

/// <summary>All nodes, as one listing saw them: how many, and those that tell something. Of a large cluster most are Ready workers, and of these nothing is kept.</summary>
/// <param name="Telling">The node itself, those of the control plane, and those that are not Ready.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="At">When they were listed, by the server's clock.</param>
internal sealed record NodesSeen(IReadOnlyList<Node> Telling, int Count, DateTimeOffset At)
{
    /// <summary>Lists the nodes, unless a step before has.</summary>
    public static async Task<NodesSeen> ReadAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<NodesSeen>() is { } known)
        {
            return known;
        }

        var seen = await ListAsync(context.Cluster.Nodes, context.Node.Name, context.ServerTime, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(seen);
        return seen;
    }

    public static async Task<NodesSeen> ListAsync(IClusterReader<Node> nodes, ObjectName own, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (telling, count) = (new List<Node>(), 0);
        await foreach (var page in nodes.ListPagesAsync(Selection.All, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (page.BeginsAnew)
            {
                telling.Clear();
                count = 0;
            }

            telling.AddRange(page.Items.Where(node => node.Ready != ConditionStatus.True || node.IsControlPlane || node.Name == own));
            count += page.Items.Count;
        }

        return new NodesSeen(telling, count, at);
    }
}
