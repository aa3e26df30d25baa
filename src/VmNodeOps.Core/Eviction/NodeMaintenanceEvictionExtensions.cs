namespace VmNodeOps;

/// <summary>Steps that empty the node.</summary>
public static class NodeMaintenanceEvictionExtensions
{
    /// <summary>Drains the node of virtual machines: evicts each, follows its migration or its shutdown, and waits until its pod is gone.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="configure">Changes the options: <c>drain =&gt; drain with { FirstRetry = … }</c>. Null: the defaults.</param>
    /// <remarks>
    /// Cordon the node before, or what was evicted may come back. A policy that shuts machines down first adds a step before the drain, and one behind it that starts them; it needs
    /// <see cref="NodeMaintenanceJournalingExtensions.OpenWindow"/> before, for what they were is kept in the journal.
    /// </remarks>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static NodeMaintenance Drain(this NodeMaintenance maintenance, Func<DrainOptions, DrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return Empty(maintenance, Configured(configure));
    }

    /// <summary>The way down: opens the maintenance window, cordons the node, drains it of virtual machines, and waits until each that is to run runs on another node.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="configureDrain">Changes the options of the drain. Null: the defaults.</param>
    /// <remarks>
    /// Nothing shuts the node down. Add that with <see cref="NodeMaintenanceHookExtensions.ThenCall"/>, or let the run end only when somebody else has done it, with
    /// <see cref="NodeMaintenanceHookExtensions.WaitUntilNotReady"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static NodeMaintenance GracefulShutdown(this NodeMaintenance maintenance, Func<DrainOptions, DrainOptions>? configureDrain = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = Configured(configureDrain);
        // Quiet is asked for once, after everything has arrived.
        var emptied = Empty(maintenance.OpenWindow().Cordon(), options with { EmptyFor = TimeSpan.Zero }).WaitUntilVirtualMachinesRunElsewhere();
        return options.EmptyFor > TimeSpan.Zero ? emptied.Then(new StayEmptyStep(options)) : emptied;
    }

    private static NodeMaintenance Empty(NodeMaintenance maintenance, DrainOptions options) => options.Policy.MayShutDown
        ? maintenance.Then(new ShutDownMachinesStep(options)).Then(new DrainStep(options)).Then(new StartMachinesStep(options))
        : maintenance.Then(new DrainStep(options));

    private static DrainOptions Configured(Func<DrainOptions, DrainOptions>? configure)
    {
        var options = new DrainOptions();
        return (configure?.Invoke(options) ?? options).Checked();
    }
}
