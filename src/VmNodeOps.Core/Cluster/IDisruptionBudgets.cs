namespace VmNodeOps.Cluster;

/// <summary>Pod disruption budgets.</summary>
public interface IDisruptionBudgets : IClusterReader<DisruptionBudget>;
