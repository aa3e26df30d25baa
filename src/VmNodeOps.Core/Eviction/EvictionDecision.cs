namespace VmNodeOps;

/// <summary>What is to be done about a pod now.</summary>
internal abstract record EvictionDecision
{
    private EvictionDecision()
    {
    }

    /// <summary>Ask for its removal.</summary>
    /// <param name="How">In which way.</param>
    /// <param name="WhyAgain">What stood against it the last time, as the rest of a sentence; null: it was not asked before.</param>
    public sealed record Ask(PodRemoval How = PodRemoval.Evict, string? WhyAgain = null) : EvictionDecision;

    /// <summary>Read the instance itself: KubeVirt said that it moves the machine, and the watch shows nothing of it.</summary>
    public sealed record Look : EvictionDecision;

    /// <summary>Nothing more is done about it: it may stay.</summary>
    /// <param name="Why">Why, as a sentence.</param>
    /// <param name="IsPlanned">Whether the plan has said so already.</param>
    public sealed record Leave(string Why, bool IsPlanned = false) : EvictionDecision;

    /// <summary>Delete a launcher pod whose instance is gone, once fresh reads have proven that.</summary>
    public sealed record DeleteOrphan : EvictionDecision;

    /// <summary>Wait for news, or until the time for another try has come.</summary>
    /// <param name="Code">One word for programs: what is awaited.</param>
    /// <param name="Why">The same as a sentence.</param>
    /// <param name="UntilRetry">Whether another try is due when its time has come; false: only news can help.</param>
    /// <param name="IsTrouble">Whether something stands against it that should be told at once; false: all goes as it should.</param>
    public sealed record Wait(string Code, string Why, bool UntilRetry = false, bool IsTrouble = false) : EvictionDecision;

    /// <summary>Waiting does not help, unless somebody does something.</summary>
    /// <param name="Code">One word for programs.</param>
    /// <param name="Why">What stands against it.</param>
    /// <param name="Lift">What lifts it, as a sentence.</param>
    /// <param name="MayEscalate">Whether a harder way may be tried; not where the policy itself stands against it.</param>
    public sealed record Stuck(string Code, string Why, string Lift, bool MayEscalate = true) : EvictionDecision
    {
        /// <summary>Both as the rest of a sentence about the pod.</summary>
        public string Sentence => $"{Why.TrimEnd('.')}. {Lift.TrimEnd('.')}";
    }
}

/// <summary>The ways in which a pod is made to leave.</summary>
internal enum PodRemoval
{
    /// <summary>The server is asked to evict it; budgets and KubeVirt may refuse.</summary>
    Evict,

    /// <summary>It is deleted with its grace, past budgets and KubeVirt. Its kubelet still has to say that it has ended.</summary>
    Delete,

    /// <summary>Its object is removed at once, on proof that the node is down.</summary>
    ForceDelete,
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

    /// <summary>How it is to be made to leave, by the options or by a rung of the ladder that has been reached.</summary>
    public PodRemoval How { get; init; }

    /// <summary>The way in which it was last asked.</summary>
    public PodRemoval AskedHow { get; init; }
}
