namespace VmNodeOps;

/// <summary>The step that restores KubeVirt itself.</summary>
public static class NodeMaintenanceControlPlaneExtensions
{
    /// <summary>Removes the failed node's replicas of virt-api and virt-controller and waits until both are ready on another node. Needs <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> before.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    public static NodeMaintenance RestoreKubeVirt(this NodeMaintenance maintenance, Func<RestoreKubeVirtOptions, RestoreKubeVirtOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new RestoreKubeVirtOptions();
        return maintenance.Then(new RestoreKubeVirtStep(change?.Invoke(options) ?? options));
    }
}
