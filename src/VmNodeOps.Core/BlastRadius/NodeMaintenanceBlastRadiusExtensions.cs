namespace VmNodeOps;

/// <summary>The step that looks whether the trouble is greater than one node.</summary>
public static class NodeMaintenanceBlastRadiusExtensions
{
    /// <summary>
    /// Refuses when many nodes went down together and were not all named, when the node is the last one of the control plane that could serve, and when another actor is at work on it. One listing of the
    /// nodes serves all three.
    /// </summary>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static NodeMaintenance CheckBlastRadius(this NodeMaintenance maintenance, Func<BlastRadiusOptions, BlastRadiusOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new BlastRadiusOptions();
        options = change?.Invoke(options) ?? options;
        return options.FindObjection() is { } objection ? throw new ArgumentException(objection, nameof(change)) : maintenance.Then(new CheckBlastRadiusStep(options));
    }
}
