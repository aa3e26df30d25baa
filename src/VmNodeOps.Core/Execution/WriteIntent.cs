using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a write is about to do; the <see cref="WriteGate"/> judges it.</summary>
public sealed record WriteIntent
{
    /// <summary>What is done: <c>evict</c>, <c>cordon</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The very object.</summary>
    public required ObjectReference Target { get; init; }

    /// <summary>The proof that the node is down, for whatever takes something from a node that may still use it. Null for writes that do not.</summary>
    public FencingEvidence? Evidence { get; init; }

    /// <summary>
    /// Whether it only takes off what we put on the node ourselves and what would harm the node if it lived. Allowed even after a sign of life has stopped every other write,
    /// and after a reboot; never on another object of that name, and never without the lock.
    /// </summary>
    internal bool IsRetreat { get; init; }

    /// <summary>
    /// Whether it is a note in the journal of this node. It changes nothing on the node, so that a boot since the plan was made does not forbid it: a way back waits for one. A sign of life against
    /// the run's evidence does, as for any other write.
    /// </summary>
    internal bool IsNote { get; init; }
}

/// <summary>The gate did not let a write through, or stopped waiting for its answer because the node showed that it lives; the run's report lists what was sent.</summary>
public sealed class WriteRefusedException : Exception
{
    /// <summary>Makes an exception without a code.</summary>
    public WriteRefusedException()
    {
    }

    /// <summary>Makes an exception without a code.</summary>
    public WriteRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without a code.</summary>
    public WriteRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception.</summary>
    public WriteRefusedException(string code, string message)
        : base(message) => Code = code;

    /// <summary>One word for programs, in CamelCase. Default empty.</summary>
    public string Code { get; } = "";
}
