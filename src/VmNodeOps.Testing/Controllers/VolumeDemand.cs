using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// Which volumes are wanted on which nodes: those of every pod object that is bound to the node, is not final, and has a container left that
/// might run. A pod that terminates without a kubelet goes on wanting its volumes.
/// </summary>
internal sealed class VolumeDemand(IClusterApi api)
{
    private readonly Dictionary<string, (string Node, IReadOnlyList<AttachableVolume> Volumes)> _pods = [];
    private readonly Dictionary<(string Volume, string Node), SortedDictionary<(string Namespace, string Name), string>> _wanted = [];
    private readonly Dictionary<string, SortedSet<string>> _byVolume = [];
    private readonly Dictionary<string, AttachableVolume> _volumes = [];
    private readonly SortedSet<(string Namespace, string Name)> _unbound = [];

    /// <summary>Pods whose claims had no volume yet when they were seen.</summary>
    public IReadOnlyList<(string Namespace, string Name)> Unbound => [.. _unbound];

    public AttachableVolume? Volume(string name) => _volumes.GetValueOrDefault(name);

    /// <summary>Takes in a version of a pod, or that it is gone.</summary>
    /// <returns>The volumes whose demand has changed.</returns>
    public IReadOnlyList<string> Take(StoredObject pod, bool gone)
    {
        var volumes = gone ? [] : VolumesOf(pod);
        var known = _pods.GetValueOrDefault(pod.Uid);
        if (known.Volumes is null ? volumes.Count == 0 : known.Node == pod.NodeName && known.Volumes.SequenceEqual(volumes))
        {
            return [];
        }

        var changed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var volume in known.Volumes ?? [])
        {
            changed.Add(volume.Name);
            Drop((volume.Name, known.Node), (pod.Namespace!, pod.Name));
        }

        _pods.Remove(pod.Uid);
        foreach (var volume in volumes)
        {
            changed.Add(volume.Name);
            _volumes[volume.Name] = volume;
            Note((volume.Name, pod.NodeName!), (pod.Namespace!, pod.Name), pod.Uid);
        }

        if (volumes.Count > 0)
        {
            _pods[pod.Uid] = (pod.NodeName!, volumes);
        }

        return [.. changed];
    }

    public bool IsWanted(string volume, string node) => _wanted.ContainsKey((volume, node));

    /// <summary>The nodes that want a volume, by name.</summary>
    public IReadOnlyList<string> NodesWanting(string volume) =>
        _byVolume.TryGetValue(volume, out var nodes) ? [.. nodes] : [];

    /// <summary>The pods on a node that want a volume.</summary>
    public IReadOnlyList<(string Namespace, string Name)> PodsWanting(string volume, string node) =>
        _wanted.TryGetValue((volume, node), out var pods) ? [.. pods.Keys] : [];

    private IReadOnlyList<AttachableVolume> VolumesOf(StoredObject pod)
    {
        var key = (pod.Namespace!, pod.Name);
        if (pod.NodeName is null || !PodVolumes.Claims(pod).Any() || IsTerminated(pod))
        {
            _unbound.Remove(key);
            return [];
        }

        var volumes = PodVolumes.Of(api, pod, out var unbound);
        if (unbound is null)
        {
            _unbound.Remove(key);
        }
        else
        {
            _unbound.Add(key);
        }

        return [.. volumes.DistinctBy(volume => volume.Name)];
    }

    private static bool IsTerminated(StoredObject pod) =>
        pod.IsFinal()
        || (pod.IsDeleting && !pod.Json["status"].Children("containerStatuses").Any(status => status.Child("state").Child("running") is not null));

    private void Note((string Volume, string Node) place, (string, string) pod, string uid)
    {
        if (!_wanted.TryGetValue(place, out var pods))
        {
            _wanted[place] = pods = [];
            if (!_byVolume.TryGetValue(place.Volume, out var nodes))
            {
                _byVolume[place.Volume] = nodes = new SortedSet<string>(StringComparer.Ordinal);
            }

            nodes.Add(place.Node);
        }

        pods[pod] = uid;
    }

    private void Drop((string Volume, string Node) place, (string, string) pod)
    {
        if (_wanted.TryGetValue(place, out var pods) && pods.Remove(pod) && pods.Count == 0)
        {
            _wanted.Remove(place);
            _byVolume[place.Volume].Remove(place.Node);
        }
    }
}
