using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Something that stands against a step, or should be known before it runs.</summary>
public sealed record Finding
{
    /// <summary>How grave.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>One word for programs, in CamelCase: <c>NodeIsReady</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What, which object and why.</summary>
    public required string Message { get; init; }

    /// <summary>What lifts it. Default empty: nothing needs to.</summary>
    public string Lift { get; init; } = "";

    /// <summary>The object concerned; null if it is the node itself.</summary>
    public ObjectReference? Object { get; init; }
}

/// <summary>How grave a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>May go wrong; the run starts all the same.</summary>
    Warning,

    /// <summary>The run does not start.</summary>
    Refusal,
}
