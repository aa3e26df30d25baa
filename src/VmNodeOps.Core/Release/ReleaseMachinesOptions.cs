namespace VmNodeOps;

/// <summary>In which order the machines of a dead node are released.</summary>
public sealed record ReleaseMachinesOptions
{
    /// <summary>
    /// Which machines of one priority are released before the others, by the labels of their instances and in Kubernetes' syntax: <c>tier in (db, queue)</c>. The priority of their pods, which comes from
    /// their PriorityClass, counts before it; machines that are alike in both are released together.
    /// </summary>
    /// <value>Empty: none.</value>
    public string First { get; init; } = "";
}
