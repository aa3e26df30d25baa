using VmNodeOps;

namespace CustomStrategy;

/// <summary>The strip says whether a machine has power. It answers only what it knows: "cannot be reached" would not be "off".</summary>
internal sealed class PowerStripEvidence(PowerStrip strip) : IEvidenceSource
{
    public string Description => "the power strip";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var node = request.Node.Name.Name;
        return Task.FromResult(strip.IsOn(node)
            ? EvidenceAnswer.NotProven($"The strip says that the outlet of {node} is on.")
            : EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "power strip", $"the outlet of {node} is off", TimeSpan.FromMinutes(5))));
    }
}
