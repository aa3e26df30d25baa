namespace VmNodeOps.Testing;

/// <summary>A time in which two guests ran that must never run together: two of one machine, or two that write one disk.</summary>
public sealed record GuestDouble
{
    /// <summary>What there were two of: <c>machine default/vm-1</c> or <c>disk pv-1</c>.</summary>
    public required string What { get; init; }

    /// <summary>The guest that ran already.</summary>
    public required Guest First { get; init; }

    /// <summary>The guest that came to it.</summary>
    public required Guest Second { get; init; }

    /// <summary>When the second one started.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When the first of the two stopped; null while both run.</summary>
    public DateTimeOffset? To { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"two guests of {What}: {First}, and {Second}";
}
