namespace VmNodeOps;

/// <summary>The steps that ask whether a node is down.</summary>
public static class NodeMaintenanceEvidenceExtensions
{
    /// <summary>Makes sure that the node is down, on the word of a source; the steps that destroy rest on it, and refuse without it.</summary>
    /// <remarks>
    /// A plan refuses while the node is Ready. When the run gets here the node is read once more and the source is asked. From then on any sign of life
    /// (Ready, another boot, another object of that name, a report of the kubelet) makes the evidence void for good: the run writes nothing more. The Node object may be gone, as long as
    /// pods or attachments still bear its name.
    /// </remarks>
    public static NodeMaintenance ConfirmNodeIsDown(this NodeMaintenance maintenance, IEvidenceSource evidence)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(evidence);
        return maintenance.Then(new ConfirmNodeIsDownStep(evidence));
    }

    /// <summary>Waits for soft evidence that the node is down, of whatever strength; from then on any sign of life ends the run. It proves nothing, and nothing is force-deleted on it.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="evidence">What makes the node suspect; it is asked every five seconds.</param>
    /// <param name="patience">How long the evidence may take to come; then the node is left alone.</param>
    public static NodeMaintenance SuspectNodeIsDown(this NodeMaintenance maintenance, IEvidenceSource evidence, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.Zero);
        return maintenance.Then(new SuspectNodeIsDownStep(evidence, patience));
    }

    /// <summary>Waits while a suspect node stays silent, so that it may come back by itself. Needs <see cref="SuspectNodeIsDown"/> before.</summary>
    public static NodeMaintenance WaitSafeTime(this NodeMaintenance maintenance, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return maintenance.Then(new WaitSafeTimeStep(duration));
    }
}
