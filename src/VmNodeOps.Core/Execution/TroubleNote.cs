using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The latest trouble that a run is sitting out, so that a run whose time is up can name it. Thread-safe.</summary>
internal sealed class TroubleNote
{
    private volatile string? _last;

    /// <summary>What the server or the connection last said against it; null if nothing, or if it has passed.</summary>
    public string? Last => _last;

    public void Note(ClusterException trouble) => _last = trouble.Message;

    public void Passed() => _last = null;
}
