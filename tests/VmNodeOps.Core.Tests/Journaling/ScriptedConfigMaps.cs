using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Journaling;

/// <summary>Config maps in memory, with resource versions.</summary>
internal sealed class ScriptedConfigMaps : IConfigMaps, INamespaces
{
    private long _version = 500;

    public Dictionary<ObjectName, ConfigMap> Stored { get; } = [];

    public HashSet<string> Namespaces { get; } = [];

    public List<string> Calls { get; } = [];

    /// <summary>Thrown after the next create was applied: its answer is lost.</summary>
    public ClusterException? LoseAnswerOfCreate { get; set; }

    public Task<ConfigMap?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => Task.FromResult(Stored.GetValueOrDefault(name));

    public Task<Snapshot<ConfigMap>> ListAsync(Selection selection, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<ConfigMap>> WatchAsync(
        Selection selection, Snapshot<ConfigMap>? from = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ConfigMap> CreateAsync(ConfigMapDraft draft, CancellationToken cancellationToken = default)
    {
        Calls.Add("create");
        if (!Namespaces.Contains(draft.Name.Namespace!))
        {
            throw new ClusterException(ClusterErrorCause.NotFound, "no such namespace");
        }

        if (Stored.ContainsKey(draft.Name))
        {
            throw new ClusterException(ClusterErrorCause.AlreadyExists, "there is one");
        }

        var made = new ConfigMap { Name = draft.Name, Uid = $"cm-{++_version}", ResourceVersion = $"{_version}", Data = draft.Data };
        Stored[draft.Name] = made;
        if (LoseAnswerOfCreate is { } lost)
        {
            LoseAnswerOfCreate = null;
            throw lost;
        }

        return Task.FromResult(made);
    }

    public Task<ConfigMap> ReplaceAsync(ConfigMap configMap, CancellationToken cancellationToken = default)
    {
        Calls.Add("replace");
        if (!Stored.TryGetValue(configMap.Name, out var stored) || stored.ResourceVersion != configMap.ResourceVersion)
        {
            throw new ClusterException(ClusterErrorCause.Conflict, "changed");
        }

        return Task.FromResult(Stored[configMap.Name] = configMap with { ResourceVersion = $"{++_version}" });
    }

    public Task DeleteAsync(ObjectIdentity configMap, DeletionOptions? options = null, CancellationToken cancellationToken = default)
    {
        Calls.Add("delete");
        return Stored.Remove(configMap.Name) ? Task.CompletedTask : throw new ClusterException(ClusterErrorCause.NotFound, "gone");
    }

    public Task CreateAsync(string name, CancellationToken cancellationToken = default)
    {
        Namespaces.Add(name);
        return Task.CompletedTask;
    }
}
