namespace VmNodeOps;

/// <summary>The step that asks for proof.</summary>
public static class NodeMaintenanceEvidenceExtensions
{
    /// <summary>Makes sure that the node is down, on the word of a source; the steps that destroy rest on it, and refuse without it.</summary>
    /// <remarks>
    /// A plan refuses while the node is Ready. When the run gets here the node is read once more and the source is asked. From then on any sign of life
    /// (Ready, another boot, another object of that name, a report of the kubelet) makes the evidence void for good: the run writes nothing more.
    /// </remarks>
    public static NodeMaintenance ConfirmNodeIsDown(this NodeMaintenance maintenance, IEvidenceSource evidence)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(evidence);
        return maintenance.Then(new ConfirmNodeIsDownStep(evidence));
    }
}
