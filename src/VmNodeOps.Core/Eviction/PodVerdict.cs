namespace VmNodeOps;

/// <summary>What a drain would do with a selected pod, with every reason.</summary>
internal sealed record PodVerdict
{
    public required PodTreatment Treatment { get; init; }

    /// <summary>All that speaks about it, not only the first; empty for a pod of which nothing is to be said.</summary>
    public IReadOnlyList<PodReason> Reasons { get; init; } = [];

    /// <summary>The reasons as a sentence.</summary>
    public string Why => string.Join("; ", Reasons.Select(reason => reason.Text));

    /// <summary>What lifts the refusals.</summary>
    public string Lift => string.Join(" ", Reasons.Where(reason => reason.Lift.Length > 0).Select(reason => reason.Lift).Distinct());
}

/// <summary>One thing that speaks for or against moving a pod.</summary>
/// <param name="Code">One word for programs.</param>
/// <param name="Text">What it is, as the end of a sentence about the pod.</param>
/// <param name="Lift">What would lift a refusal; empty for none.</param>
internal sealed record PodReason(string Code, string Text, string Lift = "");

/// <summary>What is done with a selected pod.</summary>
internal enum PodTreatment
{
    /// <summary>It leaves.</summary>
    Remove,

    /// <summary>It stays where it is, and the node counts as empty all the same.</summary>
    LeaveAlone,

    /// <summary>The drain does not begin without a consent.</summary>
    Refuse,
}
