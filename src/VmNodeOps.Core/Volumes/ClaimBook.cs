using System.Collections.Concurrent;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Leads from pods through their claims to persistent volumes.</summary>
/// <param name="list">Lists claims of a namespace, or with null all.</param>
internal sealed class ClaimBook(Func<string?, CancellationToken, Task<Snapshot<PersistentVolumeClaim>>> list)
{
    /// <summary>Beyond so many namespaces, one list of everything is cheaper.</summary>
    private const int Few = 3;

    private readonly ConcurrentDictionary<ObjectName, string?> _volumes = [];

    /// <summary>Reads the claims of pods that are not known yet.</summary>
    public async Task LearnAsync(IEnumerable<Pod> pods, CancellationToken cancellationToken)
    {
        var unknown = pods.SelectMany(ClaimsOf).Where(claim => !_volumes.ContainsKey(claim)).ToList();
        var namespaces = unknown.Select(claim => claim.Namespace!).Distinct().Order(StringComparer.Ordinal).ToList();
        IEnumerable<string?> selected = namespaces.Count <= Few ? namespaces : new string?[] { null };
        foreach (var ns in selected)
        {
            foreach (var claim in (await list(ns, cancellationToken).ConfigureAwait(false)).Items)
            {
                _volumes[claim.Name] = claim.PersistentVolumeName;
            }
        }

        // A claim that is not there leads nowhere; not to be asked for again.
        foreach (var claim in unknown)
        {
            _volumes.TryAdd(claim, null);
        }
    }

    /// <summary>Whether a pod mounts a volume.</summary>
    public bool Uses(Pod pod, string volume) => ClaimsOf(pod).Any(claim => _volumes.GetValueOrDefault(claim) == volume);

    private static IEnumerable<ObjectName> ClaimsOf(Pod pod) =>
        pod.PersistentVolumeClaims.Where(ObjectName.IsValid).Select(claim => new ObjectName(pod.Name.Namespace, claim));
}
