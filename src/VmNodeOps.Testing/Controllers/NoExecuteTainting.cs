using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// NoExecute taints for nodes that are not ready or not reachable. They come one after the other at the rate of their zone, so that a broken
/// network does not evict a whole cluster; when every zone is down, none come and those that are there go.
/// </summary>
internal sealed class NoExecuteTainting(IClusterApi api, NodeLifecycleOptions options, SortedDictionary<string, NodeHealth> nodes)
{
    private readonly List<string> _waiting = [];
    private readonly Dictionary<string, DateTimeOffset> _next = [];
    private bool _stopped;

    public void Forget(string name) => _waiting.Remove(name);

    /// <summary>A node changed: taints that no longer fit go or are exchanged at once, new ones wait for their turn.</summary>
    public void Consider(string name)
    {
        if (!nodes.TryGetValue(name, out var health) || api.Get(ResourceTypes.Nodes, null, name) is not { } node)
        {
            return;
        }

        var wanted = Wanted(health);
        var present = Taint.Of(node.Json).Where(IsOwn).Select(taint => taint.Key).ToList();
        if (wanted is null)
        {
            _waiting.Remove(name);
            if (present.Count > 0 && health.Ready == "True")
            {
                Write(health, []);
            }
        }
        else if (present.Count > 0 && !present.SequenceEqual([wanted]))
        {
            Write(health, [wanted]);
        }
        else if (present.Count == 0 && !_waiting.Contains(name))
        {
            _waiting.Add(name);
            Work();
        }
    }

    /// <summary>Taints those whose turn has come; called again with every look at the nodes.</summary>
    public void Work()
    {
        if (StopsEverywhere())
        {
            return;
        }

        var now = api.Time.GetUtcNow();
        var rates = _waiting.Select(name => nodes[name].Zone).Distinct().ToDictionary(zone => zone, RateOf);
        foreach (var name in _waiting.ToList())
        {
            var health = nodes[name];
            var rate = rates[health.Zone];
            if (rate <= 0 || (_next.TryGetValue(health.Zone, out var next) && now < next) || Wanted(health) is not { } wanted)
            {
                continue;
            }

            _next[health.Zone] = now + TimeSpan.FromSeconds(1 / rate);
            _waiting.Remove(name);
            Write(health, [wanted]);
        }
    }

    private static string? Wanted(NodeHealth health) => health.Ready switch
    {
        "Unknown" => Taint.Unreachable,
        "False" => Taint.NotReady,
        _ => null,
    };

    private static bool IsOwn(Taint taint) => taint.Effect == Taint.NoExecute && taint.Key is Taint.NotReady or Taint.Unreachable;

    private void Write(NodeHealth health, IReadOnlyList<string> keys) =>
        api.Modify(ResourceTypes.Nodes, null, health.Name, json => TaintList.Replace(
            json, IsOwn, keys.Select(key => new Taint(key, "", Taint.NoExecute)), api.Time.Stamp()), health.Uid);

    /// <summary>No node of the cluster is ready: more likely the control plane is cut off than every machine dead.</summary>
    private bool StopsEverywhere()
    {
        var stopped = nodes.Values.Any(node => node.HasReported) && nodes.Values.All(node => node.Ready != "True");
        if (stopped && !_stopped)
        {
            foreach (var node in nodes.Values)
            {
                Write(node, []);
            }
        }
        else if (_stopped && !stopped)
        {
            _waiting.AddRange(nodes.Values.Where(node => Wanted(node) is not null && !_waiting.Contains(node.Name)).Select(node => node.Name));
        }

        _stopped = stopped;
        return stopped;
    }

    private double RateOf(string zone)
    {
        var all = nodes.Values.Where(node => node.Zone == zone).ToList();
        var down = all.Count(node => node.Ready != "True");
        var disrupted = down < all.Count && down > 2 && (double)down / all.Count >= options.UnhealthyZoneThreshold;
        return !disrupted ? options.EvictionRate : all.Count > options.LargeZoneSize ? options.SecondaryEvictionRate : 0;
    }
}
