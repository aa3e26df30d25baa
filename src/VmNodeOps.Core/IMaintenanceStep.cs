namespace VmNodeOps;

/// <summary>One step of a maintenance. Ours and yours have the same power: <see cref="NodeMaintenance.Then"/> adds either.</summary>
/// <remarks>
/// <para>A step has a reading half and an acting half. <see cref="PlanAsync"/> only reads: it says what the step would do to which object, why, what stands
/// against it and which rights it needs. <see cref="ApplyAsync"/> does it, and every write goes through <see cref="StepContext.Gate"/>.</para>
/// <para>A step owns neither lock, deadline, events nor undo order: the run does. It returns expected trouble as a <see cref="StepOutcome"/>
/// and lets <see cref="Cluster.ClusterException"/> and cancellation pass.</para>
/// <para>A step is immutable and may serve many runs at once; what belongs to one run lives in the contexts.</para>
/// </remarks>
public interface IMaintenanceStep
{
    /// <summary>The step's name, lower-case with hyphens, as plans, events and reports show it: <c>cordon</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the step only prepares its node and moves nothing off it. In a batch such steps, where they come first, are done on all nodes before the first is worked on.
    /// Default false.
    /// </summary>
    bool IsPreparation => false;

    /// <summary>The reading half. Writes nothing.</summary>
    /// <returns>What the step would do now.</returns>
    /// <exception cref="Cluster.ClusterException">Something could not be read.</exception>
    Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken);

    /// <summary>The acting half. Does what <see cref="StepContext.Plan"/> says, and no more.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled or its time is up.</exception>
    Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>Says what the acting half still waits for and why, for the report of a run whose time is up. Default: nothing to say.</summary>
    string? DescribePending(StepContext context) => null;
}

/// <summary>A step that can take back what it did.</summary>
public interface IUndoableStep : IMaintenanceStep
{
    /// <summary>Puts back what <see cref="IMaintenanceStep.ApplyAsync"/> changed, from what its plan found; steps are undone last first.</summary>
    /// <returns>How it ended; what could not be put back is told.</returns>
    Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken);
}
