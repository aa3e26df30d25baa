using System.Text.Json.Nodes;
using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>What a runbook did: for each node its report, or why there is none. Immutable.</summary>
public sealed record RunbookReport
{
    /// <summary>The version of the JSON form.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The runbook's name.</summary>
    public required string Runbook { get; init; }

    /// <summary>Every node, in the order of the runbook.</summary>
    public required IReadOnlyList<RunbookNodeReport> Nodes { get; init; }

    /// <summary>What the process returns for it.</summary>
    public ExitCode ExitCode => ExitCodes.Together(Nodes.Where(node => node.ExitCode is not null).Select(node => node.ExitCode!.Value));

    /// <summary>Whether every node was done.</summary>
    public bool Succeeded => Nodes.All(node => node.Report is { Succeeded: true });

    /// <summary>The report for people.</summary>
    public string ToText() => string.Concat(Nodes.Select(node => node.Report?.ToText() ?? $"{node.Message}\n"));

    /// <summary>The report as JSON.</summary>
    public string ToJson() => new JsonObject
    {
        ["schemaVersion"] = CurrentSchemaVersion,
        ["runbook"] = Runbook,
        ["succeeded"] = Succeeded,
        ["nodes"] = new JsonArray([.. Nodes.Select(Describe)]),
    }.ToJsonString(new() { WriteIndented = true });

    private static JsonObject Describe(RunbookNodeReport node)
    {
        var description = new JsonObject { ["nodeName"] = node.NodeName };
        if (node.Message.Length > 0)
        {
            description["message"] = node.Message;
        }

        if (node.Report is not null)
        {
            description["report"] = JsonNode.Parse(node.Report.ToJson());
        }

        return description;
    }
}

/// <summary>What a runbook did with one node.</summary>
public sealed record RunbookNodeReport
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>How its run went; null if there was none.</summary>
    public MaintenanceReport? Report { get; init; }

    /// <summary>Why there was no run. Default empty: there was one.</summary>
    public string Message { get; init; } = "";

    /// <summary>What went wrong before a run could begin; null if nothing did.</summary>
    public ClusterException? Error { get; init; }

    /// <summary>The exit code of this node alone; null if it was not begun because of another one.</summary>
    internal ExitCode? ExitCode => Report is not null ? ExitCodes.Of(Report)
        : Error is not null ? ExitCodes.Of(Error)
        : Cancelled ? Scripting.ExitCode.Cancelled
        : null;

    /// <summary>Whether it was not begun because everything was cancelled.</summary>
    internal bool Cancelled { get; init; }
}
