using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a plan says of how a node looks that is to be given up.</summary>
internal static class NodeLiveliness
{
    public const string ReadyCode = "NodeIsReady";

    public const string ReadyLift =
        "Drain it instead. If it is to be given up, power it off and wait until it is no longer Ready (40 to 50 seconds as a rule).";

    public static string Ready(Node node) => $"Node {node.Name} is Ready: its kubelet reports to the API server, so the machine runs, and so do its guests.";

    /// <summary>How the node looks.</summary>
    /// <param name="node">The node.</param>
    /// <param name="serverTime">Now, by the server's clock.</param>
    /// <param name="isToBeFenced">Whether the same maintenance switches it off before it acts, so that its being Ready is that step's affair.</param>
    public static Finding Judge(Node node, DateTimeOffset serverTime, bool isToBeFenced)
    {
        var condition = node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return node.Ready switch
        {
            _ when node.IsStandIn() => new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "NodeObjectGone",
                Message = $"There is no Node object {node.Name}, but pods or attachments still bear its name. Its machine does not notice that, and may run with its guests.",
                Lift = "Make sure that the machine is off. If a node registers under the name during the run, the run stops.",
            },
            ConditionStatus.True => new Finding
            {
                Severity = isToBeFenced ? FindingSeverity.Warning : FindingSeverity.Refusal,
                Code = ReadyCode,
                Message = Ready(node),
                Lift = isToBeFenced ? "" : ReadyLift,
            },
            ConditionStatus.False => new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "KubeletReports",
                Message = $"Node {node.Name} says itself that it is not Ready ({condition?.Reason}: {condition?.Message}): when it said so its kubelet lived, and so may its guests.",
                Lift = "Power the machine off, or make sure that it is off, before you go on. If its kubelet reports once more during the run, the run stops.",
            },
            _ => new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "NodeIsSilent",
                Message = $"Node {node.Name} is silent; Kubernetes counts it so {Since(condition, serverTime)}. It may be down or cut off; only your evidence tells which.",
            },
        };
    }

    private static string Since(Condition? ready, DateTimeOffset serverTime) => ready?.LastTransitionAt is { } since
        ? string.Create(CultureInfo.InvariantCulture, $"since {since:u} ({Math.Max(0, (serverTime - since).TotalMinutes):0.#} minutes)")
        : "for a time that it does not tell";
}
