namespace VmNodeOps.Benchmarks.Server;

/// <summary>What the server noted of one run.</summary>
internal sealed record ServerMarks
{
    public required DateTimeOffset Began { get; init; }

    /// <summary>From the beginning to the first request.</summary>
    public TimeSpan? FirstRequest { get; init; }

    /// <summary>To the end of the last pod of the node; null if not all went.</summary>
    public TimeSpan? PodsGone { get; init; }

    /// <summary>To the end of the last attachment of the node; null if not all went, or there was none.</summary>
    public TimeSpan? AttachmentsGone { get; init; }

    public int PodsLeft { get; init; }

    public int AttachmentsLeft { get; init; }

    /// <summary>To the answer of the last eviction or deletion.</summary>
    public TimeSpan? LastDestructive { get; init; }

    /// <summary>By the wall clock, when the last machine ran elsewhere.</summary>
    public DateTimeOffset? Arrived { get; init; }

    /// <summary>The same from the beginning, in the time of the cluster, which may have run fast at the end.</summary>
    public TimeSpan? ArrivedInClusterTime { get; init; }

    /// <summary>Requests of each kind, <c>create pods/eviction</c>.</summary>
    public required IReadOnlyDictionary<string, long> Requests { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Each request, to see where the time goes.</summary>
    public IReadOnlyList<TimedRequest> Timeline { get; init; } = [];
}

/// <summary>One request, in milliseconds from the beginning.</summary>
internal sealed record TimedRequest(double At, double? Ended, bool IsDestructive, string What);
