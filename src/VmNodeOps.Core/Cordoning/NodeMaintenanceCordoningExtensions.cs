namespace VmNodeOps;

/// <summary>Steps that keep pods from, or let them to, the node.</summary>
public static class NodeMaintenanceCordoningExtensions
{
    /// <summary>Cordons the node: nothing new is scheduled to it. Undone to what it was.</summary>
    public static NodeMaintenance Cordon(this NodeMaintenance maintenance) => Add(maintenance, new CordonStep());

    /// <summary>Uncordons the node: pods may be scheduled to it again.</summary>
    public static NodeMaintenance Uncordon(this NodeMaintenance maintenance) => Add(maintenance, new UncordonStep());

    /// <summary>Waits until the node is Ready.</summary>
    public static NodeMaintenance WaitUntilReady(this NodeMaintenance maintenance) => Add(maintenance, new WaitUntilReadyStep());

    /// <summary>The way back after a graceful shutdown: waits until the node is Ready, then uncordons it.</summary>
    public static NodeMaintenance ReturnToService(this NodeMaintenance maintenance) => maintenance.WaitUntilReady().Uncordon();

    private static NodeMaintenance Add(NodeMaintenance maintenance, IMaintenanceStep step)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(step);
    }
}
