namespace VmNodeOps;

/// <summary>Steps that empty the node.</summary>
public static class NodeMaintenanceEvictionExtensions
{
    /// <summary>Drains the node of virtual machines: evicts each, follows its migration or its shutdown, and waits until its pod is gone.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="configure">Changes the options: <c>drain =&gt; drain with { FirstRetry = … }</c>. Null: the defaults.</param>
    /// <remarks>Cordon the node before, or what was evicted may come back.</remarks>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static NodeMaintenance Drain(this NodeMaintenance maintenance, Func<DrainOptions, DrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new DrainOptions();
        return maintenance.Then(new DrainStep((configure?.Invoke(options) ?? options).Checked()));
    }

    /// <summary>The way down: opens the maintenance window, cordons the node, drains it of virtual machines, and waits until each that is to run runs on another node.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="configureDrain">Changes the options of the drain. Null: the defaults.</param>
    /// <remarks>Add the shutdown itself with <see cref="NodeMaintenance.Then"/> or <see cref="NodeMaintenanceHookExtensions.ThenCall"/>.</remarks>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static NodeMaintenance GracefulShutdown(this NodeMaintenance maintenance, Func<DrainOptions, DrainOptions>? configureDrain = null) =>
        maintenance.OpenWindow().Cordon().Drain(configureDrain).WaitUntilVirtualMachinesRunElsewhere();
}
