namespace VmNodeOps.Cluster;

/// <summary>Namespaces.</summary>
public interface INamespaces
{
    /// <summary>Makes a namespace. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.AlreadyExists"/> if there is one.</exception>
    Task CreateAsync(string name, CancellationToken cancellationToken = default);
}
