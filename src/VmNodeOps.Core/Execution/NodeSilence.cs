using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The silence of a node on which evidence rests. Any sign of life breaks it for good: the evidence was wrong, whatever the node looks like later.</summary>
/// <remarks>Guarded by the lock of its <see cref="NodeGuard"/>; only the token is told outside of it.</remarks>
internal sealed class NodeSilence(FencingEvidence evidence, Node baseline) : IDisposable
{
    private readonly CancellationTokenSource _broken = new();

    /// <summary>What was concluded from it, together with the source's word.</summary>
    public FencingEvidence Evidence => evidence;

    /// <summary>Why it is broken; null while it lasts.</summary>
    public SignOfLife? BrokenBy { get; private set; }

    /// <summary>Cancelled when it is broken: what waits or is under way because the node was down ends then.</summary>
    public CancellationToken Broken => _broken.Token;

    public void Dispose() => _broken.Dispose();

    /// <returns>Whether this broke it.</returns>
    public bool Judge(Node? now)
    {
        if (BrokenBy is not null || FindSign(now) is not { } sign)
        {
            return false;
        }

        BrokenBy = sign;
        return true;
    }

    /// <summary>Not on the watch's own thread: what hangs on the token is others' code.</summary>
    public void Tell() => _ = _broken.CancelAsync();

    /// <summary>A deleted Node object is no sign of life; podGC removes what it leaves behind.</summary>
    private SignOfLife? FindSign(Node? now)
    {
        if (now is null)
        {
            return null;
        }

        if (now.Uid != baseline.Uid)
        {
            return new SignOfLife("NodeReplaced", $"Node {now.Name} has registered anew (uid {now.Uid}, was {baseline.Uid}).");
        }

        if (now.BootId != baseline.BootId)
        {
            return new SignOfLife("NodeRebooted", $"Node {now.Name} has booted since (boot id {now.BootId}, was {baseline.BootId}).");
        }

        if (now.Ready == ConditionStatus.True)
        {
            return new SignOfLife("NodeIsReady", $"Node {now.Name} is Ready: it lives.");
        }

        // Ready=False is written by the kubelet itself; Unknown is written about it, and keeps the heartbeat as it was.
        return now.Ready == ConditionStatus.False && Heartbeat(now) > (Heartbeat(baseline) ?? DateTimeOffset.MinValue)
            ? new SignOfLife("KubeletReports", $"The kubelet of node {now.Name} reported at {Heartbeat(now):u}, after the evidence was gathered: it lives.")
            : null;
    }

    private static DateTimeOffset? Heartbeat(Node node) => node.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.LastHeartbeatAt;
}

/// <summary>What showed that a node lives.</summary>
internal sealed record SignOfLife(string Code, string Message)
{
    public WriteRefusedException Refusal() => new(Code, $"{Message} {Advice}");

    public const string Advice = "The evidence that it is down no longer holds. Nothing more is written. Look at the node, then plan again.";
}
