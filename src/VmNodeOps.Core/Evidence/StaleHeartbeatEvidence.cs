using System.Globalization;

namespace VmNodeOps;

/// <summary>virt-handler has not renewed its heartbeat for a time. A node without one is responsive in KubeVirt's eyes, and in ours.</summary>
internal sealed class StaleHeartbeatEvidence : IEvidenceSource
{
    private const string Annotation = "kubevirt.io/heartbeat";
    private readonly TimeSpan _duration;

    public StaleHeartbeatEvidence(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        _duration = duration;
    }

    public string Description => $"virt-handler's heartbeat is stale for {EvidenceTexts.Words(_duration)}";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));

    private EvidenceAnswer Answer(EvidenceRequest request) =>
        !request.NodeIsGone
        && DateTimeOffset.TryParse(
            request.Node.Annotations.GetValueOrDefault(Annotation), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var beat)
            ? EvidenceTexts.Stale(request, $"the heartbeat of virt-handler ({Annotation})", beat, _duration)
            : EvidenceAnswer.NotProven($"Node {request.Node.Name} has no readable annotation {Annotation}, so it says nothing.");
}
