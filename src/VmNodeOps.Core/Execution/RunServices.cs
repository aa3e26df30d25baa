using Microsoft.Extensions.Logging;

namespace VmNodeOps;

/// <summary>What all steps of one run share.</summary>
internal sealed class RunServices
{
    private readonly Lock _gate = new();
    private readonly List<Finding> _findings = [];

    /// <summary>Who acts, as the lock and the journal name it.</summary>
    public required string Actor { get; init; }

    /// <summary>What the journal is told is under way.</summary>
    public required JournaledProcedure Procedure { get; init; }

    public required NodeGuard Node { get; init; }

    public required ClusterReads Reads { get; init; }

    public required WriteGate Gate { get; init; }

    public required WriteLedger Writes { get; init; }

    public required Handover Handover { get; init; }

    public required MachineLedger Machines { get; init; }

    public required EventHub Events { get; init; }

    public required MaintenanceOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Whose machines are released when, among the runs of a batch.</summary>
    public required ReleaseOrder ReleaseOrder { get; init; }

    public TroubleNote Trouble { get; } = new();

    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (_gate)
            {
                return [.. _findings];
            }
        }
    }

    public void AddFinding(Finding finding)
    {
        lock (_gate)
        {
            _findings.Add(finding);
        }

        Events.Publish(new FindingRaised { Finding = finding });
    }
}
