using System.Globalization;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Which nodes can take one pod, in the order in which the scheduler's filters ask; the first that refuses gives the reason.</summary>
internal sealed class PodFeasibility
{
    private const string AntiAffinityReason = "node(s) didn't match pod anti-affinity rules";

    private readonly IReadOnlyList<Toleration> _tolerations;
    private readonly NodeAffinity _affinity;
    private readonly IReadOnlyDictionary<string, decimal> _requests;
    private readonly IReadOnlySet<(string Key, string Value)> _forbidden;
    private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private int _nodes;
    private int _withoutVictims;

    public PodFeasibility(StoredObject pod, PodAntiAffinity antiAffinity)
    {
        _tolerations = Toleration.Of(pod);
        _affinity = NodeAffinity.Of(pod.Json["spec"]);
        _requests = PodRequests.Of(pod);
        _forbidden = antiAffinity.Forbidden(pod);
    }

    /// <inheritdoc cref="NodeAffinity.NamedNodes"/>
    public IReadOnlyList<string>? NamedNodes => _affinity.NamedNodes;

    /// <summary>Whether a node can take the pod, without a word about why not.</summary>
    public bool Fits(SchedulingNode node) => Refusals(node).Count == 0;

    public bool Admits(SchedulingNode node)
    {
        _nodes++;
        var reasons = Refusals(node);
        if (reasons.Count > 0 && (reasons[0] == AntiAffinityReason || !reasons[0].StartsWith("node(s)", StringComparison.Ordinal)))
        {
            _withoutVictims++;
        }

        foreach (var reason in reasons)
        {
            _refusals[reason] = _refusals.GetValueOrDefault(reason) + 1;
        }

        return reasons.Count == 0;
    }

    /// <summary>The message of FailedScheduling: reasons with their counts, sorted as text.</summary>
    public string Explain()
    {
        if (_nodes == 0)
        {
            return "no nodes available to schedule pods";
        }

        var reasons = _refusals.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Value} {item.Key}")).Order(StringComparer.Ordinal);
        var preemption = new List<string>();
        if (_withoutVictims > 0)
        {
            preemption.Add(string.Create(CultureInfo.InvariantCulture, $"{_withoutVictims} No preemption victims found for incoming pod"));
        }

        if (_nodes > _withoutVictims)
        {
            preemption.Add(string.Create(CultureInfo.InvariantCulture, $"{_nodes - _withoutVictims} Preemption is not helpful for scheduling"));
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"0/{_nodes} nodes are available: {string.Join(", ", reasons)}. preemption: 0/{_nodes} nodes are available: {string.Join(", ", preemption)}.");
    }

    private List<string> Refusals(SchedulingNode node)
    {
        var unschedulable = new Taint(Taint.Unschedulable, "", Taint.NoSchedule);
        if (node.Unschedulable && !Tolerates(unschedulable))
        {
            return ["node(s) were unschedulable"];
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
