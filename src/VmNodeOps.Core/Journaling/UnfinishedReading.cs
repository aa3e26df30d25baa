using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Finds out what is under way on a node. Reads only.</summary>
internal static class UnfinishedReading
{
    public static async Task<UnfinishedMaintenance> ReadAsync(
        IClusterClient cluster, string nodeName, JournalOptions? options, IEvidenceSource? evidence, CancellationToken cancellationToken)
    {
        var reads = new ClusterReads(cluster);
        var node = await NodeReading.ReadAsync(reads, new ObjectName(nodeName).Name, cancellationToken).ConfigureAwait(false);
        var reading = options is null ? null : await JournalReading.ReadAsync(reads.ConfigMaps, node, options, cancellationToken).ConfigureAwait(false);
        if (reading?.Journal is not { } journal)
        {
            return new UnfinishedMaintenance { NodeName = nodeName, Objection = reading?.Refusal ?? NothingThere(nodeName, reading?.Where) };
        }

        var (maintenance, objection) = StepMemory.Compose(journal, evidence);
        return new UnfinishedMaintenance { NodeName = nodeName, Journal = journal, Maintenance = maintenance, Objection = objection };
    }

    private static Finding NothingThere(string nodeName, ObjectName? where) => new()
    {
        Severity = FindingSeverity.Refusal,
        Code = "NothingUnderWay",
        Message = where is null
            ? $"No journals are kept (MaintenanceOptions.Journal is null), so it is not known whether a maintenance of node {nodeName} is under way."
            : $"No maintenance of node {nodeName} is under way: there is no journal in config map {where}, and the node points at no other.",
        Lift = "Begin one: drain the node, recover it, or return it to service.",
    };
}
