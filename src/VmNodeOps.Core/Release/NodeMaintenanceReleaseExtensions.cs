namespace VmNodeOps;

/// <summary>Steps that give the machines of a dead node free, so that KubeVirt starts them elsewhere.</summary>
public static class NodeMaintenanceReleaseExtensions
{
    /// <summary>Force-deletes every virt-launcher pod on the node that has not ended, by UID. Needs <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> before.</summary>
    /// <remarks>What becomes of each machine is told by its run strategy; the plan says it.</remarks>
    public static NodeMaintenance ReleaseVirtualMachines(this NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(new ForceDeleteLaunchersStep());
    }

    /// <summary>Waits until KubeVirt has noticed that the released machines are dead, and touches instances of which it has not. Needs <see cref="ReleaseVirtualMachines"/> before.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    public static NodeMaintenance SettleVirtualMachines(this NodeMaintenance maintenance, Func<SettleMachinesOptions, SettleMachinesOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new SettleMachinesOptions();
        return maintenance.Then(new SettleMachinesStep(change?.Invoke(options) ?? options));
    }
}
