using System.Text.Json.Serialization;

namespace VmNodeOps;

/// <summary>How a node is drained. docs/kubectl-drain.md sets each beside kubectl's flag.</summary>
public sealed record DrainOptions
{
    /// <summary>A <see cref="PodSelector"/> that selects every pod of the node.</summary>
    public const string AllPods = "";

    /// <summary>Which pods leave, as a label selector; <see cref="AllPods"/> for all.</summary>
    /// <value><c>kubevirt.io=virt-launcher</c>: virtual machines, and nothing else.</value>
    public string PodSelector { get; init; } = LauncherPods.Selector;

    /// <summary>What is done about each virtual machine, by what would become of it.</summary>
    /// <value>The defaults of <see cref="VirtualMachinePolicy"/>: no machine is lost and none left down, or the run is refused before anything is written.</value>
    public VirtualMachinePolicy Policy { get; init; } = new();

    /// <summary>How far the plan looks ahead: places for the machines, budgets, migration limits.</summary>
    /// <value>The defaults of <see cref="PreflightOptions"/>.</value>
    public PreflightOptions Preflight { get; init; } = new();

    /// <summary>Whether pods of DaemonSets are left where they are. They would come back at once, for a cordon does not keep them away.</summary>
    /// <value>False: where the selector chooses one, the run does not begin and names it.</value>
    public bool IgnoreDaemonSets { get; init; }

    /// <summary>Whether pods with an emptyDir volume leave, whose content is lost. Launcher pods hold nothing of their machine in it, and need no consent.</summary>
    /// <value>False: where the selector chooses one, the run does not begin and names it.</value>
    public bool DeleteEmptyDirData { get; init; }

    /// <summary>Whether pods leave that no controller makes again. Launcher pods are judged by what becomes of their machine instead.</summary>
    /// <value>False: where the selector chooses one, the run does not begin and names it.</value>
    public bool Force { get; init; }

    /// <summary>Says of a pod why it is left where it is, as a sentence; null for a pod that is not. Asked for every selected pod; must be quick and free of effects.</summary>
    /// <value>Null: every selected pod leaves.</value>
    [JsonIgnore]
    public Func<Cluster.Pod, string?>? LeaveAlone { get; init; }

    /// <summary>The time that each pod is given to stop, at least a second.</summary>
    /// <value>Null: its own. A guest that is not given its time is killed; the plan names those.</value>
    /// <remarks>kubectl's grace period of zero has no counterpart: it removes the object while a guest may still run, and KubeVirt would start a second one.</remarks>
    public TimeSpan? GracePeriod { get; init; }

    /// <summary>Whether pods are deleted instead of evicted, past disruption budgets. For launcher pods <see cref="DeleteVirtualMachines"/> must consent too.</summary>
    /// <value>False.</value>
    public bool DisableEviction { get; init; }

    /// <summary>Consents to deleting launcher pods where <see cref="DisableEviction"/> or <see cref="Escalation"/> says so: past KubeVirt, which would have migrated the machine. Its guest is shut down.</summary>
    /// <value>False.</value>
    public bool DeleteVirtualMachines { get; init; }

    /// <summary>Pods whose time to stop was over for longer than this are not waited for; the report names each.</summary>
    /// <value>Null: every pod is waited for.</value>
    public TimeSpan? SkipIfDeletingFor { get; init; }

    /// <summary>After how long without progress of a pod its cause is named, with what would help, as a warning in events and report. The run goes on waiting.</summary>
    /// <value>Two minutes.</value>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What is done about a pod that gets no further; each rung is a consent of its own.</summary>
    /// <value>None: nothing but waiting.</value>
    public EscalationOptions Escalation { get; init; } = new();

    /// <summary>For how long the node must stay empty after its machines have arrived elsewhere; what comes meanwhile is drained too, and the time begins anew.</summary>
    /// <value>Zero: not at all.</value>
    public TimeSpan EmptyFor { get; init; }

    /// <summary>Whether the plan asks the server about each pod with an eviction that is only tried (<c>dryRun=All</c>), and says where its answer and the plan disagree.</summary>
    /// <value>False. It costs a request per pod, once; nothing is marked and nothing is written.</value>
    public bool Rehearse { get; init; }

    /// <summary>How long to wait before the first repetition of an eviction that was refused for now; each further wait is twice as long.</summary>
    /// <value>One second. A longer wait that the server asks for (Retry-After) is kept.</value>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two repetitions.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By how much waits are spread, as a share of them, so that a hundred pods do not come back at one moment. The same pod spreads alike each time.</summary>
    /// <value>0.2.</value>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Whether the selection is the default one, which the plan reads anyway.</summary>
    internal bool SelectsLaunchers => PodSelector == LauncherPods.Selector;

    /// <summary>Looks whether the options make sense, as <see cref="NodeMaintenanceEvictionExtensions.Drain"/> does before it takes them.</summary>
    /// <exception cref="ArgumentException">A value makes no sense; says which and why.</exception>
    public void Check() => _ = Checked();

    /// <exception cref="ArgumentException">A value makes no sense.</exception>
    internal DrainOptions Checked()
    {
        ArgumentNullException.ThrowIfNull(PodSelector, nameof(PodSelector));
        ArgumentNullException.ThrowIfNull(Policy, nameof(Policy));
        ArgumentNullException.ThrowIfNull(Preflight, nameof(Preflight));
        PodSelectors.Check(PodSelector);
        if (GracePeriod is { } grace && grace < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(GracePeriod), grace, "Give pods at least a second to stop: less would remove them while they may still run. For a node that is down, recover it instead.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SkipIfDeletingFor ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(SkipIfDeletingFor));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StuckAfter, TimeSpan.Zero, nameof(StuckAfter));
        ArgumentOutOfRangeException.ThrowIfLessThan(EmptyFor, TimeSpan.Zero, nameof(EmptyFor));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FirstRetry, TimeSpan.Zero, nameof(FirstRetry));
        if (LongestRetry < FirstRetry)
        {
            throw new ArgumentOutOfRangeException(nameof(LongestRetry), $"LongestRetry ({LongestRetry:c}) must not be shorter than FirstRetry ({FirstRetry:c}): waits grow from the one to the other.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(Jitter, nameof(Jitter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Jitter, 1, nameof(Jitter));
        ArgumentNullException.ThrowIfNull(Escalation, nameof(Escalation));
        Escalation.Check();
        return this;
    }
}
