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

    /// <summary>
    /// Marks the node as out of service (<c>node.kubernetes.io/out-of-service</c>), waits until Kubernetes has removed its pods and detached its volumes, and takes the mark off again. Needs
    /// <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> before.
    /// </summary>
    /// <remarks>
    /// Instead of <see cref="ReleaseVirtualMachines"/> and <see cref="NodeMaintenanceVolumeExtensions.ReleaseVolumes"/>. It takes every pod of the node, not only those of machines; the plan lists them. A mark that
    /// a run left because it died goes with the next run or with <c>ReturnToService</c>. Source: kubernetes.io, "Non-graceful node shutdown handling".
    /// </remarks>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    public static NodeMaintenance TakeOutOfService(this NodeMaintenance maintenance, Func<OutOfServiceOptions, OutOfServiceOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new OutOfServiceOptions();
        return maintenance.Then(new OutOfServiceStep(change?.Invoke(options) ?? options));
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
