using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Somebody or something that can tell whether a node is really down: an operator, a fence agent, a power controller.</summary>
/// <remarks>
/// <para>KubeVirt cannot tell a dead node from one that is cut off, and a force delete answers "dead". If that is wrong, two guests write one
/// disk. So a source answers only what it knows: "unreachable" is not "off".</para>
/// <para>A source is asked at run time, never when a plan is made, and its answer is bound to this very node (UID and boot) and expires. It may be asked again when the API
/// server was in trouble, so it only looks and changes nothing.</para>
/// </remarks>
public interface IEvidenceSource
{
    /// <summary>The source in a few words, without secrets, as plans and reports show it: <c>operator ops@example.com</c>.</summary>
    string Description { get; }

    /// <summary>The rights that it needs beside reading and watching the node. Default none.</summary>
    IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) => [];

    /// <summary>Asks the source.</summary>
    /// <param name="request">The node in question; its <see cref="EvidenceRequest.Confirm"/> makes the evidence.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The evidence, or why there is none.</returns>
    /// <exception cref="ClusterException">The cluster could not be asked.</exception>
    Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken);
}
