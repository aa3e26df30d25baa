using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Required anti-affinity in both directions: the new pod's terms against the pods that run, and theirs against the new pod.</summary>
internal sealed class PodAntiAffinity(Func<string, IReadOnlyDictionary<string, string>?> labelsOfNode)
{
    private readonly PodIndex _pods = new();
    private readonly SelectorIndex<(string Uid, int Term, string Namespace)> _terms = new();
    private readonly Dictionary<string, (string Node, IReadOnlyList<AntiAffinityTerm> Terms)> _owners = [];

    public void Take(ObjectChange change)
    {
        var pod = change.Object;
        if (change.Kind == ChangeKind.Deleted || pod.NodeName is null || pod.IsFinal())
        {
            _pods.Take(change with { Kind = ChangeKind.Deleted });
            Forget(pod.Uid);
            return;
        }

        _pods.Take(change);
        if (!_owners.ContainsKey(pod.Uid) && AntiAffinityTerm.Of(pod) is { Count: > 0 } terms)
        {
            _owners[pod.Uid] = (pod.NodeName, terms);
            Each(pod.Uid, terms, (key, term) => _terms.Set(key, key.Namespace, term.Matcher));
        }
    }

    /// <summary>The topology domains (key and value of the node label) that a pod must keep out of.</summary>
    public IReadOnlySet<(string Key, string Value)> Forbidden(StoredObject pod)
    {
        var forbidden = new HashSet<(string, string)>();
        foreach (var term in AntiAffinityTerm.Of(pod))
        {
            foreach (var other in term.Namespaces.SelectMany(ns => _pods.Matching(ns, term.Matcher)))
            {
                Forbid(forbidden, term.TopologyKey, other.NodeName!);
            }
        }

        foreach (var (uid, index, _) in _terms.Matching(pod))
        {
            var (node, terms) = _owners[uid];
            Forbid(forbidden, terms[index].TopologyKey, node);
        }

        return forbidden;
    }

    private void Forbid(HashSet<(string, string)> forbidden, string topologyKey, string node)
    {
        if (labelsOfNode(node)?.GetValueOrDefault(topologyKey) is { } value)
        {
            forbidden.Add((topologyKey, value));
        }
    }

    private void Forget(string uid)
    {
        if (_owners.Remove(uid, out var owner))
        {
            Each(uid, owner.Terms, (key, _) => _terms.Remove(key));
        }
    }

    private static void Each(
        string uid, IReadOnlyList<AntiAffinityTerm> terms, Action<(string Uid, int Term, string Namespace), AntiAffinityTerm> act)
    {
        for (var index = 0; index < terms.Count; index++)
        {
            foreach (var ns in terms[index].Namespaces)
            {
                act((uid, index, ns), terms[index]);
            }
        }
    }
}
