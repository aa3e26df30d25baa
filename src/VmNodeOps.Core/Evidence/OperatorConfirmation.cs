using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>
/// A person's word. It is refused while the node is Ready: then its kubelet has been heard within the last minute, and the word is wrong. It is about the node and the boot for
/// which it was first used, and about no other.
/// </summary>
internal sealed class OperatorConfirmation : IEvidenceSource
{
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(30);

    /// <summary>The server's Date header counts whole seconds, and people's watches are not exact.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly string _who;
    private readonly string _why;
    private readonly DateTimeOffset? _saidAt;
    private readonly string? _saidOfBoot;
    private (ObjectIdentity Node, string BootId, DateTimeOffset At)? _given;

    public OperatorConfirmation(string who, string why, DateTimeOffset? saidAt, string? bootId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentException.ThrowIfNullOrWhiteSpace(why);
        _who = who.Trim();
        _why = why.Trim();
        _saidAt = saidAt;
        _saidOfBoot = bootId;
    }

    public string Description => $"operator {_who}: {_why}";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));

    private EvidenceAnswer Answer(EvidenceRequest request)
    {
        if (!request.NodeIsGone && request.Node.Ready == ConditionStatus.True)
        {
            return EvidenceAnswer.NotProven(
                $"{_who} says that node {request.Node.Name} is down, but it is Ready: its kubelet reports to the API server. Power it off, or wait until it is no longer Ready.");
        }

        if (_saidOfBoot is { } boot && boot != request.Node.BootId)
        {
            return EvidenceAnswer.NotProven($"The word of {_who} is about boot {boot} of node {request.Node.Name}; it is in boot {request.Node.BootId} now. Look at the node and say it again.");
        }

        DateTimeOffset at;
        lock (_gate)
        {
            var given = _given ??= (request.Node.Identity, request.Node.BootId, _saidAt ?? request.ServerTime);
            if (given.Node != request.Node.Identity || given.BootId != request.Node.BootId)
            {
                return EvidenceAnswer.NotProven(
                    $"The word of {_who} was given about node {given.Node}, boot {given.BootId}; this is node {request.Node.Identity}, boot {request.Node.BootId}. Look at this node and say it again.");
            }

            at = given.At;
        }

        if (at > request.ServerTime + ClockTolerance)
        {
            return EvidenceAnswer.NotProven($"The word of {_who} is dated {at:u}, which lies in the future of the server's clock ({request.ServerTime:u}).");
        }

        return request.ServerTime >= at + ValidFor
            ? EvidenceAnswer.NotProven($"The word of {_who} was given at {at:u}; it holds for {ValidFor.TotalMinutes} minutes and expired at {at + ValidFor:u}. Look at the node and say it again.")
            : EvidenceAnswer.Down(request.ConfirmOwn(EvidenceStrength.Strong, $"operator {_who}", _why, ValidFor, at));
    }
}
