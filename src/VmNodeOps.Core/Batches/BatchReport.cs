using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VmNodeOps;

/// <summary>What a batch did, node by node, and how it ended. Immutable.</summary>
public sealed record BatchReport
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>From the worst to the best: a batch ended as its worst node did.</summary>
    private static readonly MaintenanceResult[] Worst =
    [
        MaintenanceResult.Cancelled, MaintenanceResult.Failed, MaintenanceResult.TimedOut, MaintenanceResult.Blocked, MaintenanceResult.HeldByAnother, MaintenanceResult.Refused,
    ];

    /// <summary>The version of this report's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>How it ended: as the worst of its nodes.</summary>
    public required MaintenanceResult Result { get; init; }

    /// <summary>One paragraph for people: how many nodes succeeded, and what stood against the others.</summary>
    public required string Summary { get; init; }

    /// <summary>When the batch began, by its clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The report of each node, in the order of their turns.</summary>
    public required IReadOnlyList<MaintenanceReport> Nodes { get; init; }

    /// <summary>Whether everything was done on every node.</summary>
    public bool Succeeded => Result == MaintenanceResult.Succeeded;

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MaintenanceJson.Default.BatchReport);

    /// <summary>Reads a report's JSON form; unknown members are passed over.</summary>
    /// <exception cref="FormatException">It is not the report of a batch, or of a newer schema version.</exception>
    public static BatchReport FromJson(string json) =>
        VersionedJson.Read<BatchReport>(json, "the report of a batch", CurrentSchemaVersion);

    /// <summary>The report for people.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Result}: {Summary}");
        foreach (var node in Nodes)
        {
            text.AppendLine().Append(node.ToText());
        }

        return text.ToString();
    }

    /// <summary>Gives the report itself if every node succeeded.</summary>
    /// <exception cref="MaintenanceException">One did not; carries its report.</exception>
    public BatchReport EnsureSucceeded() => Succeeded ? this : throw new MaintenanceException(Nodes.First(static node => !node.Succeeded));

    internal static BatchReport Of(IReadOnlyList<MaintenanceReport> nodes, DateTimeOffset startedAt, DateTimeOffset finishedAt)
    {
        var result = Worst.FirstOrDefault(worst => nodes.Any(node => node.Result == worst), MaintenanceResult.Succeeded);
        var others = nodes.Where(static node => !node.Succeeded).GroupBy(static node => node.Result).OrderBy(group => Array.IndexOf(Worst, group.Key))
            .Select(static group => $"{group.Key}: {string.Join(", ", group.Select(static node => node.NodeName))}.");
        return new BatchReport
        {
            Result = result,
            Summary = $"{nodes.Count(static node => node.Succeeded)} of {nodes.Count} nodes done. {string.Join(" ", others)}".TrimEnd(),
            StartedAt = startedAt,
            FinishedAt = finishedAt,
            Nodes = nodes,
        };
    }
}

/// <summary>A batch was cancelled after it had begun; carries what it had done.</summary>
public sealed class BatchCanceledException : OperationCanceledException
{
    /// <summary>Makes an exception without a report.</summary>
    public BatchCanceledException()
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public BatchCanceledException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public BatchCanceledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal BatchCanceledException(BatchReport report, CancellationToken cancellationToken)
        : base(report.Summary, cancellationToken) => Report = report;

    /// <summary>What had happened until then.</summary>
    public BatchReport? Report { get; }
}
