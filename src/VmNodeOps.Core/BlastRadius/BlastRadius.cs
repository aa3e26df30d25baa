using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Judges by one listing of all nodes whether the trouble is greater than one node.</summary>
internal sealed class BlastRadius(BlastRadiusOptions options)
{
    /// <summary>So many are named in a sentence.</summary>
    private const int Named = 10;

    public IEnumerable<Finding> Judge(Node node, NodesSeen all, DateTimeOffset serverTime)
    {
        var others = all.Telling.Where(other => other.Name != node.Name).ToList();
        var total = 1 + all.Count - (all.Telling.Count - others.Count);
        if (JudgeShare(node, others, total, serverTime) is { } storm)
        {
            yield return storm;
        }

        if (node.IsControlPlane && !others.Exists(other => other is { IsControlPlane: true, Ready: ConditionStatus.True }))
        {
            yield return Finding(
                options.EvenIfLastControlPlaneNode, "LastControlPlaneNode", $"Node {node.Name} is of the control plane, and no other node of it is Ready.",
                $"Bring the control plane back first. If it is to be given up all the same: {nameof(BlastRadiusOptions.EvenIfLastControlPlaneNode)}, with the tool --even-if-last-control-plane-node.");
        }

        foreach (var mark in OtherActors.On(node))
        {
            yield return AtWork(mark);
        }
    }

    /// <summary>Somebody else acts on the node.</summary>
    public Finding AtWork(string mark) => Finding(
        options.EvenIfAnotherActorIsAtWork, "AnotherActor", mark,
        $"Let it finish, or stop it. To act on the node all the same: {nameof(BlastRadiusOptions.EvenIfAnotherActorIsAtWork)}, with the tool --even-if-another-actor-is-at-work.");

    private Finding? JudgeShare(Node node, List<Node> others, int total, DateTimeOffset serverTime)
    {
        var since = DownSince(node) ?? serverTime;
        var together = others.Where(other => DownSince(other) is { } down && (down - since).Duration() <= options.Window).Select(other => other.Name.Name).ToList();
        var count = together.Count + 1;
        var unnamed = together.Where(name => !options.NamedTogether.Contains(name)).Order(StringComparer.Ordinal).ToList();
        if (count <= options.MaximumNodes || count <= options.MaximumShare * total || unnamed.Count == 0)
        {
            return null;
        }

        var more = unnamed.Count > Named ? $" and {unnamed.Count - Named} more" : "";
        var minutes = options.Window.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture);
        return Finding(
            options.EvenIfManyNodesAreDown, "ManyNodesDown",
            $"{count} of {total} nodes went down within {minutes} minutes, {node.Name} among them: that looks like the network or the control plane, not like a dead machine. Not named in this request: "
            + $"{string.Join(", ", unnamed.Take(Named))}{more}.",
            $"Find out what happened. If they are all known to be down, name them together (in one batch, or {nameof(BlastRadiusOptions.NamedTogether)}; with the tool as further NODEs, or --together-with); to recover this one all the same: "
            + $"{nameof(BlastRadiusOptions.EvenIfManyNodesAreDown)}, with the tool --even-if-many-nodes-are-down.");
    }

    /// <summary>Since when a node is not Ready; null if it is. One that does not tell since when is taken for one that went down long ago.</summary>
    private static DateTimeOffset? DownSince(Node node) =>
        node.Ready == ConditionStatus.True ? null : node.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.LastTransitionAt;

    private static Finding Finding(bool isPassedOver, string code, string message, string lift) => new()
    {
        Severity = isPassedOver ? FindingSeverity.Warning : FindingSeverity.Refusal,
        Code = code,
        Message = message,
        Lift = isPassedOver ? "It is passed over, as asked." : lift,
    };
}
