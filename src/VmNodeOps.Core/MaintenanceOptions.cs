namespace VmNodeOps;

/// <summary>What holds for a whole run.</summary>
public sealed record MaintenanceOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);

    /// <summary>How long the whole run may take. When it is up, nothing more is written and the report says what was still awaited.</summary>
    /// <value>One hour; 24 days at most.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long each step may take. When it is up, the step ends as timed out and with it the run; the report says what was still awaited.</summary>
    /// <value>Null: as long as the run's time lasts.</value>
    public TimeSpan? StepTimeout { get; init; }

    /// <summary>
    /// How long one virtual machine may take on its way: to leave the node once it was asked to, and then to run elsewhere. One that takes longer is named and counts as timed out; the others go on,
    /// and the run ends as timed out when nothing but such machines is left.
    /// </summary>
    /// <value>Null: as long as the step's and the run's time lasts.</value>
    public TimeSpan? MachineTimeout { get; init; }

    /// <summary>How many writes may be under way at once.</summary>
    /// <value>32.</value>
    public int MaxParallelism { get; init; } = 32;

    /// <summary>How old the last word about the node may be when something destructive is sent; an older one is refreshed first.</summary>
    /// <value>Two seconds; at least one, because a read takes its time and its age counts from when it was asked.</value>
    public TimeSpan NodeFreshness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How the run keeps others from acting on the node at the same time: a Lease that medik8s' operators honour too. Null for no lock, when something else sees to it.</summary>
    /// <value>The defaults of <see cref="NodeLockOptions"/>.</value>
    public NodeLockOptions? Lock { get; init; } = new();

    /// <summary>Where a maintenance window keeps its journal. Null for no journal: then a run that dies cannot be gone on with, and the way back does not know what was before.</summary>
    /// <value>The defaults of <see cref="JournalOptions"/>.</value>
    public JournalOptions? Journal { get; init; } = new();

    /// <summary>How much a source of the embedding program can prove at most, whatever it says of itself; the sources in <see cref="Evidence"/> are not concerned.</summary>
    /// <remarks>
    /// What allows a force delete is decided where the program is put together, not where a source is written: what a maintenance says with <see cref="NodeMaintenance.With"/> can lower it below what
    /// the runner's own options say, and never raise it.
    /// </remarks>
    /// <value><see cref="EvidenceStrength.Claim"/>, which is not enough. <see cref="EvidenceStrength.Strong"/> trusts them.</value>
    public EvidenceStrength StrongestForeignEvidence { get; init; } = EvidenceStrength.Claim;

    /// <summary>What is done with the steps that were carried out when a later one fails or the run is cancelled.</summary>
    /// <value><see cref="UndoPolicy.LeaveAsIs"/>.</value>
    public UndoPolicy OnFailure { get; init; } = UndoPolicy.LeaveAsIs;

    /// <summary>Takes the evidence check out of the gate. Only for the tests, which show with it that their invariants can fail; nothing in the library or the tool sets it, and a test holds them to that.</summary>
    internal bool WithoutProof { get; init; }

    /// <summary>What makes no sense in them; null if nothing.</summary>
    internal string? FindObjection()
    {
        if (Timeout <= TimeSpan.Zero)
        {
            return $"The Timeout of a maintenance is {Timeout}; it must be longer than nothing.";
        }

        if (Timeout > LongestTimeout)
        {
            return $"The Timeout of a maintenance is {Timeout}; it can be {LongestTimeout.TotalDays} days at most.";
        }

        if (StepTimeout <= TimeSpan.Zero || StepTimeout > LongestTimeout)
        {
            return $"The StepTimeout of a maintenance is {StepTimeout}; it must be longer than nothing, and {LongestTimeout.TotalDays} days at most.";
        }

        if (MachineTimeout <= TimeSpan.Zero || MachineTimeout > LongestTimeout)
        {
            return $"The MachineTimeout of a maintenance is {MachineTimeout}; it must be longer than nothing, and {LongestTimeout.TotalDays} days at most.";
        }

        if (MaxParallelism < 1)
        {
            return $"The MaxParallelism of a maintenance is {MaxParallelism}; at least one write must be possible.";
        }

        return NodeFreshness < TimeSpan.FromSeconds(1)
            ? $"The NodeFreshness of a maintenance is {NodeFreshness}; allow at least a second, because a read of the node takes its time."
            : null;
    }
}

/// <summary>What is done with the steps that were carried out when a run does not succeed.</summary>
public enum UndoPolicy
{
    /// <summary>Everything stays as it is, and the report tells how that is.</summary>
    LeaveAsIs,

    /// <summary>The steps are undone, the last one first, and the report tells what could not be.</summary>
    Undo,
}
