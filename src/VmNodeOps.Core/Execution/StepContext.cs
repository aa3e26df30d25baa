using Microsoft.Extensions.Logging;

namespace VmNodeOps;

/// <summary>What a step acts with.</summary>
public sealed class StepContext
{
    internal StepContext(StepPlan plan, RunServices services)
    {
        Plan = plan;
        Services = services;
    }

    /// <summary>What the step planned; it does this and no more.</summary>
    public StepPlan Plan { get; }

    /// <summary>The node, kept in view.</summary>
    public NodeGuard Node => Services.Node;

    /// <summary>The reading side of the cluster.</summary>
    public ClusterReads Cluster => Services.Reads;

    /// <summary>The door for every write.</summary>
    public WriteGate Gate => Services.Gate;

    /// <summary>What steps tell each other, by type; holds what was read for the plan.</summary>
    public Handover Handover => Services.Handover;

    /// <summary>The virtual machines concerned, and how they stand.</summary>
    public MachineLedger Machines => Services.Machines;

    /// <summary>The run's options.</summary>
    public MaintenanceOptions Options => Services.Options;

    /// <summary>The run's clock; every wait is on it.</summary>
    public TimeProvider Time => Services.Time;

    /// <summary>The run's log.</summary>
    public ILogger Logger => Services.Logger;

    internal RunServices Services { get; }

    /// <summary>Tells that the step got on, or what it waits for.</summary>
    public void ReportProgress(int done, int total, string message) =>
        Services.Events.Publish(new StepProgressed { Step = Plan.Step, Done = done, Total = total, Message = message });

    /// <summary>Tells something that should be known; it is in the report too.</summary>
    public void ReportFinding(Finding finding) => Services.AddFinding(finding);
}
