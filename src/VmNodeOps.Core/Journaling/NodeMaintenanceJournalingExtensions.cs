namespace VmNodeOps;

/// <summary>Steps that keep what was found, so that another run can finish or undo.</summary>
public static class NodeMaintenanceJournalingExtensions
{
    /// <summary>Opens the maintenance window: what is found is kept in a journal before anything is changed, and node-healthcheck controllers are told to stay away. An open window is gone on with.</summary>
    public static NodeMaintenance OpenWindow(this NodeMaintenance maintenance) => Add(maintenance, new OpenWindowStep());

    /// <summary>Closes the maintenance window: labels as they were, the journal is removed.</summary>
    public static NodeMaintenance CloseWindow(this NodeMaintenance maintenance) => Add(maintenance, new CloseWindowStep());

    private static NodeMaintenance Add(NodeMaintenance maintenance, IMaintenanceStep step)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(step);
    }
}
