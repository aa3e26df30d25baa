namespace VmNodeOps.Tests.Proof;

/// <summary>How the node stands when a recovery of it begins, and what becomes of it.</summary>
public enum MatrixNode
{
    Ready,
    Unknown,
    False,
    Deleted,
    Returns,
    Reboots,
    Replaced,
}

/// <summary>What the recovery is told about the node.</summary>
public enum MatrixEvidence
{
    None,
    Weak,
    ThreeWeak,
    Stale,
    AnotherNode,
    Strong,
    Expires,
}

/// <summary>What came of one pair.</summary>
internal sealed record MatrixCell
{
    public required MatrixNode Node { get; init; }

    public required MatrixEvidence Evidence { get; init; }

    public required MaintenanceReport Report { get; init; }

    /// <summary>Deletions that reached the server, whatever it answered.</summary>
    public required int Destroyed { get; init; }

    /// <summary>How many a whole recovery needs.</summary>
    public required int ToDestroy { get; init; }

    /// <summary>Those of them that came when the run must have known better.</summary>
    public required int DestroyedLate { get; init; }

    public required int OtherWrites { get; init; }

    public string Code => Report.Result == MaintenanceResult.Refused
        ? Report.Findings.First(finding => finding.Severity == FindingSeverity.Refusal).Code
        : Report.Steps.Select(step => step.Outcome.Code).LastOrDefault(code => code.Length > 0) ?? "";
}

/// <summary>The table's words.</summary>
internal static class MatrixWords
{
    public static string Of(MatrixNode node) => node switch
    {
        MatrixNode.Ready => "Ready",
        MatrixNode.Unknown => "Unknown",
        MatrixNode.False => "False, then silent",
        MatrixNode.Deleted => "its object is deleted",
        MatrixNode.Returns => "returns in the middle",
        MatrixNode.Reboots => "reboots in the middle: new boot id",
        MatrixNode.Replaced => "same name in the middle, new UID",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    public static string Of(MatrixEvidence evidence) => evidence switch
    {
        MatrixEvidence.None => "none",
        MatrixEvidence.Weak => "weak",
        MatrixEvidence.ThreeWeak => "three weak of one witness",
        MatrixEvidence.Stale => "stale",
        MatrixEvidence.AnotherNode => "for another node",
        MatrixEvidence.Strong => "**strong**",
        MatrixEvidence.Expires => "strong, expires in the middle",
        _ => throw new ArgumentOutOfRangeException(nameof(evidence)),
    };

    public static string Of(MatrixCell cell) => (cell.Destroyed, cell.Node) switch
    {
        (0, _) => $"nothing ({cell.Code})",
        var (count, _) when count == cell.ToDestroy => "**everything, and recovered**",
        (_, MatrixNode.Returns) => "until it was Ready",
        (_, MatrixNode.Reboots) => "until it had booted",
        (_, MatrixNode.Replaced) => "until the new one was there",
        _ => "until it expired",
    };
}
