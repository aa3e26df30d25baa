namespace VmNodeOps;

/// <summary>A step that a journal can name so that another run composes it again: it has an entry in <see cref="StepMemory"/>.</summary>
internal interface IRememberedStep : IMaintenanceStep
{
    /// <summary>Its options; null if it has none.</summary>
    object? Remembered => null;
}
