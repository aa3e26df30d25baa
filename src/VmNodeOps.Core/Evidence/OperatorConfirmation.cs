using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A person's word. It is refused while the node is Ready: then its kubelet has been heard within the last minute, and the word is wrong.</summary>
internal sealed class OperatorConfirmation : IEvidenceSource
{
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(30);
    private readonly string _who;
    private readonly string _why;

    public OperatorConfirmation(string who, string why)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentException.ThrowIfNullOrWhiteSpace(why);
        _who = who.Trim();
        _why = why.Trim();
    }

    public string Description => $"operator {_who}: {_why}";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(request.Node.Ready == ConditionStatus.True
            ? EvidenceAnswer.NotProven(
                $"{_who} says that node {request.Node.Name} is down, but it is Ready: its kubelet reports to the API server. Power it off, or wait until it is no longer Ready.")
            : EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, $"operator {_who}", _why, ValidFor)));
}
