using System.Text.Json.Serialization;

namespace VmNodeOps;

/// <summary>What a drain does about a pod that gets no further: evict, then delete, then remove by force. Each rung is consented to by setting its time.</summary>
/// <remarks>Times count from a pod's last progress. Another machine's turn to migrate is progress of those that queue behind it.</remarks>
public sealed record EscalationOptions
{
    /// <summary>After how long without progress a pod is deleted, past budgets. For launcher pods <see cref="DrainOptions.DeleteVirtualMachines"/> must consent too.</summary>
    /// <value>Null: never.</value>
    public TimeSpan? DeleteAfter { get; init; }

    /// <summary>After how long without progress a pod that is being deleted is removed by force. Only on proof by <see cref="Evidence"/> that the node is down; while it is Ready, never.</summary>
    /// <value>Null: never.</value>
    public TimeSpan? ForceDeleteAfter { get; init; }

    /// <summary>Who is asked for the proof that the node is down.</summary>
    /// <value>Null. <see cref="ForceDeleteAfter"/> needs one.</value>
    [JsonIgnore]
    public IEvidenceSource? Evidence { get; init; }

    /// <exception cref="ArgumentException">A value makes no sense.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DeleteAfter ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(DeleteAfter));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ForceDeleteAfter ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(ForceDeleteAfter));
        if (ForceDeleteAfter is not null && Evidence is null)
        {
            throw new ArgumentException("Escalation.ForceDeleteAfter needs Escalation.Evidence: nothing is removed by force unless somebody proves that the node is down.");
        }
    }
}
