using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Pods: the word under STATUS is made of phase, containers and deletion.</summary>
internal static class PodTable
{
    public static TableDefinition Definition { get; } = TableCatalog.Aged(
        [
            new("Ready", Description: "Ready containers of all containers."),
            new("Status", Description: "The state of the pod in a word."),
            new("Restarts", Description: "How often containers were restarted, and when last."),
        ],
        (json, context) => [Ready(json), Status(json), Restarts(json, context)],
        [
            new("IP", Description: "The pod's address."),
            new("Node", Description: "The node it is bound to."),
            new("Nominated Node", Description: "The node that is being cleared for it."),
            new("Readiness Gates", Description: "Fulfilled gates of all gates."),
        ],
        json =>
        [
            json.Text("status", "podIP").OrNone(), json.Text("spec", "nodeName").OrNone(),
            json.Text("status", "nominatedNodeName").OrNone(), Gates(json),
        ]) with
    { RowCondition = Completed };

    private static string Ready(JsonObject json)
    {
        var ready = json.Objects("status", "containerStatuses").Count(container => container.Text("ready") == "true");
        return $"{ready}/{json.Objects("spec", "containers").Count}";
    }

    private static string Status(JsonObject json)
    {
        var phase = json.Text("status", "phase") ?? "";
        var reason = json.Text("status", "reason") is { Length: > 0 } given ? given : phase;
        if (json.Objects("status", "conditions").Any(condition => condition.Text("type") == "PodScheduled" && condition.Text("reason") == "SchedulingGated"))
        {
            reason = "SchedulingGated";
        }

        reason = InitReason(json) ?? ContainerReason(json, reason);
        if (json.Text("metadata", "deletionTimestamp") is null)
        {
            return reason;
        }

        return json.Text("status", "reason") == "NodeLost" ? "Unknown"
            : phase is "Succeeded" or "Failed" ? reason
            : "Terminating";
    }

    /// <summary>Why the pod is still initializing; null when it is not.</summary>
    private static string? InitReason(JsonObject json)
    {
        var total = json.Objects("spec", "initContainers").Count;
        var statuses = json.Objects("status", "initContainerStatuses");
        for (var index = 0; index < statuses.Count; index++)
        {
            var container = statuses[index];
            if (container.At("state", "terminated") is JsonObject terminated && terminated.Number("exitCode") == 0)
            {
                continue;
            }

            return container.At("state", "terminated") is JsonObject failed ? $"Init:{Ended(failed)}"
                : container.Text("state", "waiting", "reason") is { Length: > 0 } waiting and not "PodInitializing" ? $"Init:{waiting}"
                : $"Init:{index}/{total}";
        }

        return null;
    }

    private static string ContainerReason(JsonObject json, string reason)
    {
        var running = false;
        foreach (var container in json.Objects("status", "containerStatuses").Reverse())
        {
            if (container.Text("state", "waiting", "reason") is { Length: > 0 } waiting)
            {
                reason = waiting;
            }
            else if (container.At("state", "terminated") is JsonObject terminated)
            {
                reason = Ended(terminated);
            }
            else if (container.Text("ready") == "true" && container.At("state", "running") is not null)
            {
                running = true;
            }
        }

        // One container is through, another runs.
        return reason == "Completed" && running
            ? json.Condition("Ready") == "True" ? "Running" : "NotReady"
            : reason;
    }

    private static string Ended(JsonObject terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") != 0 ? $"Signal:{terminated.Number("signal")}"
        : $"ExitCode:{terminated.Number("exitCode")}";

    private static string Restarts(JsonObject json, TableContext context)
    {
        var containers = json.Objects("status", "containerStatuses");
        var count = containers.Sum(container => container.Number("restartCount"));
        var last = containers.Select(container => container.Text("lastState", "terminated", "finishedAt")).Where(time => time is not null).Max();
        return count > 0 && last is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{count} ({Age.Since(last, context.Now)} ago)")
            : count.ToString(CultureInfo.InvariantCulture);
    }

    private static string Gates(JsonObject json)
    {
        var gates = json.Objects("spec", "readinessGates");
        return gates.Count == 0 ? "<none>" : $"{gates.Count(gate => json.Condition(gate.Text("conditionType") ?? "") == "True")}/{gates.Count}";
    }

    private static JsonObject? Completed(JsonObject json) => json.Text("status", "phase") switch
    {
        "Succeeded" => Condition("Succeeded", "The pod has completed successfully."),
        "Failed" => Condition("Failed", "The pod failed."),
        _ => null,
    };

    private static JsonObject Condition(string reason, string message) =>
        new() { ["type"] = "Completed", ["status"] = "True", ["reason"] = reason, ["message"] = message };
}
