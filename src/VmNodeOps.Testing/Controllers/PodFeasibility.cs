using System.Globalization;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Which nodes can take one pod, in the order in which the scheduler's filters ask; the first that refuses gives the reason.</summary>
internal sealed class PodFeasibility
{
    private const string AntiAffinityReason = "node(s) didn't match pod anti-affinity rules";

    /// <summary>One list for all: of many nodes most that cannot take the pod are cordoned.</summary>
    private static readonly string[] Cordoned = ["node(s) were unschedulable"];

    private readonly IReadOnlyList<Toleration> _tolerations;
    private readonly NodeAffinity _affinity;
    private readonly IReadOnlyDictionary<string, decimal> _requests;
    private readonly IReadOnlySet<(string Key, string Value)> _forbidden;
    private readonly bool _toleratesCordon;

    public PodFeasibility(StoredObject pod, PodAntiAffinity antiAffinity)
    {
        _tolerations = Toleration.Of(pod);
        _affinity = NodeAffinity.Of(pod.Json["spec"]);
        _requests = PodRequests.Of(pod);
        _forbidden = antiAffinity.Forbidden(pod);
        _toleratesCordon = Tolerates(new Taint(Taint.Unschedulable, "", Taint.NoSchedule));
    }

    /// <inheritdoc cref="NodeAffinity.NamedNodes"/>
    public IReadOnlyList<string>? NamedNodes => _affinity.NamedNodes;

    /// <summary>Whether a node can take the pod.</summary>
    public bool Fits(SchedulingNode node) => Refusals(node).Count == 0;

    /// <summary>The message of FailedScheduling: the reasons of all nodes with their counts, sorted as text.</summary>
    public string Explain(IReadOnlyCollection<SchedulingNode> nodes)
    {
        if (nodes.Count == 0)
        {
            return "no nodes available to schedule pods";
        }

        var refusals = nodes.Select(Refusals).ToList();
        var withoutVictims = refusals.Count(static reasons =>
            reasons.Count > 0 && (reasons[0] == AntiAffinityReason || !reasons[0].StartsWith("node(s)", StringComparison.Ordinal)));
        var reasons = refusals.SelectMany(static reasons => reasons).CountBy(static reason => reason)
            .Select(static item => string.Create(CultureInfo.InvariantCulture, $"{item.Value} {item.Key}")).Order(StringComparer.Ordinal);
        var preemption = new List<string>();
        if (withoutVictims > 0)
        {
            preemption.Add(string.Create(CultureInfo.InvariantCulture, $"{withoutVictims} No preemption victims found for incoming pod"));
        }

        if (nodes.Count > withoutVictims)
        {
            preemption.Add(string.Create(CultureInfo.InvariantCulture, $"{nodes.Count - withoutVictims} Preemption is not helpful for scheduling"));
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"0/{nodes.Count} nodes are available: {string.Join(", ", reasons)}. preemption: 0/{nodes.Count} nodes are available: {string.Join(", ", preemption)}.");
    }

    private IReadOnlyList<string> Refusals(SchedulingNode node)
    {
        if (node.Unschedulable && !_toleratesCordon)
        {
            return Cordoned;
        }

        foreach (var taint in node.Taints)
        {
            if (!Tolerates(taint))
            {
                return [$"node(s) had untolerated taint {taint}"];
            }
        }

        if (!_affinity.Matches(node.Name, node.Labels))
        {
            return ["node(s) didn't match Pod's node affinity/selector"];
        }

        var lacks = node.Lacks(_requests).ToList();
        if (lacks.Count > 0)
        {
            return lacks;
        }

        return _forbidden.Any(domain => node.Labels.GetValueOrDefault(domain.Key) == domain.Value)
            ? [AntiAffinityReason]
            : [];
    }

    private bool Tolerates(Taint taint)
    {
        foreach (var toleration in _tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }
}
