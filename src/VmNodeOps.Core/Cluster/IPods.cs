namespace VmNodeOps.Cluster;

/// <summary>Pods, and their eviction.</summary>
public interface IPods : IClusterReader<Pod>
{
    /// <summary>Asks the server to evict a pod. Sent once and never repeated: the answer tells the caller what to do.</summary>
    /// <param name="pod">The very pod.</param>
    /// <param name="options">Grace period and dry run; default: the pod's own grace, for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the eviction may have been accepted.</param>
    /// <returns>The server's answer, whatever it is: a refusal (429, 500, 403, 404, 409) is an answer.</returns>
    /// <exception cref="ClusterException">No answer came, or it was that of no Kubernetes server.</exception>
    /// <remarks>KubeVirt answers 429 both when it begins to move a virtual machine and when it never will: look at the instance.</remarks>
    Task<EvictionAnswer> EvictAsync(ObjectIdentity pod, DeletionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a pod. Sent once and never repeated.</summary>
    /// <param name="pod">The very pod; another of the same name is refused with <see cref="ClusterErrorCause.Conflict"/>.</param>
    /// <param name="options">Grace period and dry run; default: the pod's own grace, for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the pod may have been deleted.</param>
    /// <exception cref="ClusterException">The server refused (<see cref="ClusterErrorCause.NotFound"/>: it is gone already), or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity pod, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}

/// <summary>What the server answered to an eviction.</summary>
public sealed record EvictionAnswer
{
    /// <summary>Whether it was accepted: the pod terminates, or has long done so.</summary>
    public required bool Accepted { get; init; }

    /// <summary>The server's own words of a refusal; null if accepted.</summary>
    public ServerStatus? Refusal { get; init; }

    /// <summary>An accepted eviction.</summary>
    public static EvictionAnswer Yes { get; } = new() { Accepted = true };

    /// <summary>A refused eviction.</summary>
    public static EvictionAnswer No(ServerStatus refusal) => new() { Accepted = false, Refusal = refusal };
}
