namespace VmNodeOps;

/// <summary>The procedure for a node that has crashed.</summary>
public static class NodeMaintenanceRecoveryExtensions
{
    /// <summary>Brings the virtual machines of a crashed node back on other nodes, and proves that they run.</summary>
    /// <remarks>
    /// <para>Refused while the node is Ready, and without evidence that it is down: if it were only cut off, two guests would write to one disk.</para>
    /// <para>Looks whether the trouble is greater than one node, confirms, opens the maintenance window, cordons, restores KubeVirt's control plane, force-deletes the pods of the machines, detaches the
    /// volumes, and waits until each machine whose run strategy says so runs on another node. See docs/safety.md.</para>
    /// </remarks>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="evidence">
    /// Who or what knows that the node is down: <see cref="Evidence.OperatorConfirms"/>, <see cref="Evidence.PowerIsOff"/>, several together, or a source of your own. To switch the machine off first:
    /// <see cref="NodeMaintenanceFencingExtensions.FenceAndRecover"/>.
    /// </param>
    /// <param name="change">Changes the options; null: the defaults. <c>_ =&gt; RecoveryOptions.AsByHand</c> for the manual's own order.</param>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static NodeMaintenance RecoverFromCrash(
        this NodeMaintenance maintenance, IEvidenceSource evidence, Func<RecoveryOptions, RecoveryOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentNullException.ThrowIfNull(evidence);
        var options = new RecoveryOptions();
        options = change?.Invoke(options) ?? options;
        maintenance = maintenance.CheckBlastRadius(_ => options.BlastRadius).ConfirmNodeIsDown(evidence).OpenWindow();
        maintenance = options.Cordon ? maintenance.Cordon() : maintenance;
        return maintenance.RecoverMachines(options);
    }

    /// <summary>What follows once the node is known to be down.</summary>
    internal static NodeMaintenance RecoverMachines(this NodeMaintenance maintenance, RecoveryOptions options)
    {
        maintenance = options.Order == RecoveryOrder.ControlPlaneFirst
            ? maintenance.Restore(options).Release(options)
            : maintenance.Release(options).Restore(options);
        maintenance = maintenance.SettleVirtualMachines(settle => settle with { Patience = options.Patience });
        maintenance = options.StartWhatStaysDown ? maintenance.StartWhatStaysDown() : maintenance;
        return maintenance.WaitUntilVirtualMachinesRunElsewhere().VerifyVolumes();
    }

    private static NodeMaintenance Restore(this NodeMaintenance maintenance, RecoveryOptions options) =>
        maintenance.RestoreKubeVirt(restore => restore with { Scope = options.ReplicaScope });

    private static NodeMaintenance Release(this NodeMaintenance maintenance, RecoveryOptions options) =>
        options.Release == ReleaseWay.OutOfServiceTaint
            ? maintenance.TakeOutOfService(service => service with { Patience = options.DetachTimeout })
            : maintenance.ReleaseVirtualMachines(release => release with { First = options.First })
                .ReleaseVolumes(release => release with { DetachTimeout = options.DetachTimeout, StripFinalizers = options.StripFinalizers });
}
