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

    /// <summary>
    /// The way back: takes off an out-of-service taint that a recovery which died has left, waits until the node is Ready and virt-handler serves it, uncordons it if its maintenance cordoned it, starts the machines that were stopped for the maintenance, and
    /// closes the maintenance window.
    /// </summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="configure">Changes the options: <c>back =&gt; back with { … }</c>. Null: the defaults.</param>
    /// <remarks>Labels become what the journal says they were. A node that was cordoned before its maintenance stays cordoned.</remarks>
    public static NodeMaintenance ReturnToService(this NodeMaintenance maintenance, Func<ReturnOptions, ReturnOptions>? configure = null)
    {
        var options = new ReturnOptions();
        options = configure?.Invoke(options) ?? options;
        maintenance = Add(maintenance, new ClearOutOfServiceStep()).WaitUntilReady();
        maintenance = Add(Add(maintenance, new WaitForVirtHandlerStep()), new UncordonStep(onlyOurs: !options.EvenIfCordonedByOthers));
        maintenance = Add(maintenance, new StartOwedMachinesStep()).CloseWindow();
        return options.BringBack is { } back ? Add(maintenance, new BringBackStep(back)) : maintenance;
    }

    private static NodeMaintenance Add(NodeMaintenance maintenance, IMaintenanceStep step)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(step);
    }
}
