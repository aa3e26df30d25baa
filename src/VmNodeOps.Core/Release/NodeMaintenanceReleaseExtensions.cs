namespace VmNodeOps;

/// <summary>Steps that give the machines of a dead node free, so that KubeVirt starts them elsewhere.</summary>
public static class NodeMaintenanceReleaseExtensions
{
    /// <summary>Force-deletes every virt-launcher pod on the node that has not ended, by UID. Needs <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> before.</summary>
    /// <remarks>
    /// What becomes of each machine is told by its run strategy; the plan says it. Machines of a higher priority are released first; those of one priority together. In a batch that holds across the nodes
    /// that are at work at the same time.
    /// </remarks>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static NodeMaintenance ReleaseVirtualMachines(this NodeMaintenance maintenance, Func<ReleaseMachinesOptions, ReleaseMachinesOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new ReleaseMachinesOptions();
        options = change?.Invoke(options) ?? options;
        PodSelectors.Check(options.First);
        return maintenance.Then(new ForceDeleteLaunchersStep(options));
    }

    /// <summary>
    /// Starts, once, each machine that ran on the node and that nothing starts again by itself: those of run strategy Manual, and those that somebody halted after the node had died. By KubeVirt's own start
    /// call, as <c>virtctl start</c>; a halted machine becomes one of run strategy Always by it. Needs <see cref="SettleVirtualMachines"/> before.
    /// </summary>
    /// <remarks>
    /// That it was asked for is kept in the journal, so that a run that dies is gone on with and nobody's later stop is undone. Machines of run strategy Once, which KubeVirt does not start by that call, and
    /// instances without a machine stay as they are and are named. Source: KubeVirt, <c>pkg/virt-api/rest/subresource.go</c>.
    /// </remarks>
    public static NodeMaintenance StartWhatStaysDown(this NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(new StartWhatStaysDownStep());
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
