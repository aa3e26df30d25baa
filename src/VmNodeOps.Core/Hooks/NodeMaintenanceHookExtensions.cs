namespace VmNodeOps;

/// <summary>Steps of the embedding program.</summary>
public static class NodeMaintenanceHookExtensions
{
    /// <summary>Calls a function when the steps before have succeeded: to power the node off, to ask somebody, to log.</summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="name">The step's name in plans and reports, lower-case with hyphens: <c>power-off</c>.</param>
    /// <param name="call">The function. What it throws fails the step. It writes to the cluster through <see cref="StepContext.Gate"/>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static NodeMaintenance ThenCall(this NodeMaintenance maintenance, string name, Func<StepContext, CancellationToken, Task> call)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(call);
        return maintenance.Then(new HookStep(name, call));
    }

    /// <summary>Waits until the node is no longer Ready, because somebody has shut it down: a person, a power controller, its own operating system.</summary>
    public static NodeMaintenance WaitUntilNotReady(this NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(new WaitUntilNotReadyStep());
    }
}
