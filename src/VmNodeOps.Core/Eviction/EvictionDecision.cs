namespace VmNodeOps;

/// <summary>What is to be done about a pod now.</summary>
internal abstract record EvictionDecision
{
    private EvictionDecision()
    {
    }

    /// <summary>Ask for its eviction.</summary>
    public sealed record Ask : EvictionDecision;

    /// <summary>Wait for news, or until the time for another try has come.</summary>
    /// <param name="Why">What is awaited, as a sentence.</param>
    /// <param name="UntilRetry">Whether another try is due when its time has come; false: only news can help.</param>
    public sealed record Wait(string Why, bool UntilRetry = false) : EvictionDecision;

    /// <summary>Waiting does not help, unless somebody does something.</summary>
    /// <param name="Code">One word for programs.</param>
    /// <param name="Why">What stands against it and what lifts it.</param>
    public sealed record Stuck(string Code, string Why) : EvictionDecision;
}

/// <summary>What has been asked about a pod so far.</summary>
internal sealed record EvictionMemory
{
    /// <summary>What the last answer meant.</summary>
    public EvictionReply Reply { get; init; }

    /// <summary>The server's words, or what went wrong.</summary>
    public string Words { get; init; } = "";

    /// <summary>How often it was asked since the last answer that got on.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether another try is due.</summary>
    public bool IsRetryDue { get; init; } = true;

    /// <summary>Whether the last question was asked when the pod had finished already.</summary>
    public bool AskedWhenFinished { get; init; }
}
