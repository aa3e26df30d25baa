namespace VmNodeOps;

/// <summary>Steps that switch the machine under a node.</summary>
public static class NodeMaintenanceFencingExtensions
{
    /// <summary>Switches the node's machine off, has the device confirm it, and waits until Kubernetes no longer hears the node.</summary>
    /// <remarks>
    /// Refused while the node is Ready, or says itself that it is not, unless <see cref="FenceOptions.EvenIfNodeLives"/> says so. A device that cannot be reached, refuses us or answers oddly leaves
    /// the node as it is. It takes the lock of the run and passes its gate as a write does, and stands in the report. It is no evidence by itself: let
    /// <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> with <see cref="Evidence.PowerIsOff"/> follow, or use <see cref="FenceAndRecover"/>.
    /// </remarks>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="device">The device that powers the machine of this node. Nobody can check that it is this one's unless the node was Ready.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static NodeMaintenance Fence(this NodeMaintenance maintenance, IFenceDevice device, Func<FenceOptions, FenceOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(device);
        var options = new FenceOptions();
        options = change?.Invoke(options) ?? options;
        return options.FindObjection() is { } objection ? throw new ArgumentException(objection, nameof(change)) : maintenance.Then(new FenceStep(device, options));
    }

    /// <summary>Switches the node's machine on and waits until it is Ready, in whichever boot.</summary>
    public static NodeMaintenance PowerOn(this NodeMaintenance maintenance, IFenceDevice device)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(device);
        return maintenance.Then(new PowerOnStep(device));
    }

    /// <summary>
    /// The whole way of a node that has fallen silent: waits until it seems down, gives it time to come back, switches its machine off, has that confirmed, recovers its virtual machines, and, if
    /// wished, switches it on and returns it to service.
    /// </summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="device">The device that powers the machine of this node.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    public static NodeMaintenance FenceAndRecover(
        this NodeMaintenance maintenance, IFenceDevice device, Func<FenceAndRecoverOptions, FenceAndRecoverOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(device);
        var options = new FenceAndRecoverOptions();
        options = change?.Invoke(options) ?? options;
        if (!options.Fence.EvenIfNodeLives)
        {
            maintenance = maintenance.SuspectNodeIsDown(options.Suspicion, options.SuspicionPatience);
            maintenance = options.SafeTime > TimeSpan.Zero ? maintenance.WaitSafeTime(options.SafeTime) : maintenance;
        }

        var proof = Evidence.PowerIsOff(device);
        maintenance = maintenance.CheckBlastRadius(_ => options.Recovery.BlastRadius).Then(new CheckDeviceStep(device)).OpenWindow();
        maintenance = options.Recovery.Cordon ? maintenance.Cordon() : maintenance;
        maintenance = maintenance
            .Fence(device, _ => options.Fence)
            .ConfirmNodeIsDown(options.AlsoConfirmedBy is { } also ? Evidence.AllOf(proof, also) : proof)
            .RecoverMachines(options.Recovery);
        return options.PowerOnAfterwards ? maintenance.PowerOn(device).ReturnToService() : maintenance;
    }
}
