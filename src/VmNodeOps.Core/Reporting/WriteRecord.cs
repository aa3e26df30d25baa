using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One write that a run sent to the server.</summary>
public sealed record WriteRecord
{
    /// <summary>The step that wrote.</summary>
    public required string Step { get; init; }

    /// <summary>What was done: <c>evict</c>, <c>force-delete</c>, <c>cordon</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The object.</summary>
    public required ObjectReference Target { get; init; }

    /// <summary>When it was sent, by the run's clock.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>What came of it.</summary>
    public required WriteResult Result { get; init; }

    /// <summary>The server's words, or what went wrong. Default empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>The proof on which it destroyed; null if it destroys nothing.</summary>
    public string? Evidence { get; init; }

    /// <summary>The write in a line.</summary>
    public string Describe() =>
        $"{Verb} {Target.Kind.ToLowerInvariant()} {Target.Name}: {Result.ToString().ToLowerInvariant()}{(Message.Length == 0 ? "" : $" ({Message})")}";
}

/// <summary>What came of a write.</summary>
public enum WriteResult
{
    /// <summary>The server did it.</summary>
    Accepted,

    /// <summary>The server answered that it did not.</summary>
    Refused,

    /// <summary>No answer came; it may have been done.</summary>
    Unknown,
}
