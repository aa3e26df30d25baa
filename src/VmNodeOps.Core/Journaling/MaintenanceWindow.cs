using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What marks a node that is in maintenance.</summary>
internal static class MaintenanceWindow
{
    /// <summary>Tells medik8s' node-healthcheck to leave the node alone. Source: medik8s/common, package labels.</summary>
    public const string ExcludeFromRemediation = "remediation.medik8s.io/exclude-from-remediation";

    public static NodeChange Opened(ObjectName journal) => new()
    {
        Labels = new Dictionary<string, string?> { [ExcludeFromRemediation] = "true" },
        Annotations = new Dictionary<string, string?> { [JournalReading.Pointer] = journal.ToString() },
    };

    /// <summary>The labels as they were, and no pointer.</summary>
    public static NodeChange Closed(MaintenanceJournal journal) => new()
    {
        Labels = journal.Labels,
        Annotations = new Dictionary<string, string?> { [JournalReading.Pointer] = null },
    };

    public static bool IsMarked(Node node, ObjectName journal) =>
        node.Labels.GetValueOrDefault(ExcludeFromRemediation) == "true" && node.Annotations.GetValueOrDefault(JournalReading.Pointer) == journal.ToString();

    /// <summary>Changes the node's marks.</summary>
    /// <returns>False if there is no such node any more.</returns>
    public static async Task<bool> TryMarkAsync(StepContext context, string verb, NodeChange change, CancellationToken cancellationToken)
    {
        try
        {
            await context.PersevereAsync(token => context.Gate.ChangeNodeAsync(verb, change, token), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound)
        {
            return false;
        }
    }

    public static AccessQuestion[] Rights(Node node, string ns, bool opens) =>
    [
        new() { Verb = "patch", Group = "", Resource = "nodes", Name = node.Name.Name },
        new() { Verb = "get", Group = "", Resource = "configmaps", Namespace = ns },
        new() { Verb = "update", Group = "", Resource = "configmaps", Namespace = ns },
        new() { Verb = "delete", Group = "", Resource = "configmaps", Namespace = ns },
        .. opens ? Opening(ns) : [],
    ];

    private static AccessQuestion[] Opening(string ns) =>
    [
        new() { Verb = "create", Group = "", Resource = "configmaps", Namespace = ns },
        new() { Verb = "create", Group = "", Resource = "namespaces" },
    ];
}
