namespace VmNodeOps.Testing.Controllers;

/// <summary>A budget cannot be reckoned, for example because its pods have no controller with a scale.</summary>
internal sealed class BudgetException(string reason, string message) : Exception(message)
{
    /// <summary>The reason of the event.</summary>
    public string Reason { get; } = reason;
}
