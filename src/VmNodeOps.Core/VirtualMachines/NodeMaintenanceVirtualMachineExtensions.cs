namespace VmNodeOps;

/// <summary>Steps that look after virtual machines.</summary>
public static class NodeMaintenanceVirtualMachineExtensions
{
    /// <summary>
    /// Waits until every virtual machine of the node that is to run, by its strategies, runs on another node: Running, Ready (or paused, if it was) and with no
    /// unfinished migration. Those that stay down are told, with what starts them.
    /// </summary>
    /// <remarks>A machine that was to move or restart, and is found stopped for good, fails the step.</remarks>
    public static NodeMaintenance WaitUntilVirtualMachinesRunElsewhere(this NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(new WaitUntilVirtualMachinesRunElsewhereStep());
    }
}
