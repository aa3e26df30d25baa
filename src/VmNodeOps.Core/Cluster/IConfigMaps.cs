namespace VmNodeOps.Cluster;

/// <summary>Config maps.</summary>
public interface IConfigMaps : IClusterReader<ConfigMap>
{
    /// <summary>Makes a config map. Sent once and never repeated.</summary>
    /// <param name="draft">The config map; UID and resource version are the server's to give.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.AlreadyExists"/> if there is one, with <see cref="ClusterErrorCause.NotFound"/> if its namespace is missing.</exception>
    Task<ConfigMap> CreateAsync(ConfigMapDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Replaces a config map's texts and labels, provided that it is still at the version that was read. Sent once and never repeated.</summary>
    /// <param name="configMap">The config map as it is to be, with the UID and resource version that were read.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.Conflict"/> if somebody changed it meanwhile.</exception>
    Task<ConfigMap> ReplaceAsync(ConfigMap configMap, CancellationToken cancellationToken = default);

    /// <summary>Deletes a config map. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity configMap, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}

/// <summary>A config map to be made.</summary>
public sealed record ConfigMapDraft
{
    /// <summary>Its name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>The texts.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>Labels. Default none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
