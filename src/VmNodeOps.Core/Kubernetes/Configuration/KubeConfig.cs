using System.Text.Json.Nodes;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>One kubeconfig, or several merged. Paths in it are absolute already.</summary>
internal sealed class KubeConfig
{
    /// <summary>The files it came from, in order of precedence.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public string? CurrentContext { get; init; }

    public required IReadOnlyDictionary<string, KubeConfigContext> Contexts { get; init; }

    public required IReadOnlyDictionary<string, KubeConfigCluster> Clusters { get; init; }

    public required IReadOnlyDictionary<string, KubeConfigUser> Users { get; init; }

    public bool IsEmpty => CurrentContext is null && Contexts.Count == 0 && Clusters.Count == 0 && Users.Count == 0;

    /// <summary>How messages call it.</summary>
    public string Description => Files.Count == 1 ? $"the kubeconfig {Files[0]}" : $"the merged kubeconfig ({string.Join(", ", Files)})";

    /// <summary>Merges as kubectl does: whoever is first to say a name, or the current context, is heard; nothing inside an entry is mixed.</summary>
    public static KubeConfig Merge(IReadOnlyList<KubeConfig> parts) => new()
    {
        Files = [.. parts.SelectMany(part => part.Files)],
        CurrentContext = parts.Select(part => part.CurrentContext).FirstOrDefault(context => context is not null),
        Contexts = FirstWins(parts.Select(part => part.Contexts)),
        Clusters = FirstWins(parts.Select(part => part.Clusters)),
        Users = FirstWins(parts.Select(part => part.Users)),
    };

    private static Dictionary<string, T> FirstWins<T>(IEnumerable<IReadOnlyDictionary<string, T>> parts)
    {
        var merged = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, entry) in parts.SelectMany(part => part))
        {
            merged.TryAdd(name, entry);
        }

        return merged;
    }
}

internal sealed record KubeConfigContext(string? Cluster, string? User, string? Namespace);

internal sealed class KubeConfigCluster
{
    public string? Server { get; init; }

    public string? TlsServerName { get; init; }

    public bool SkipTlsVerify { get; init; }

    public string? AuthorityFile { get; init; }

    public string? AuthorityData { get; init; }

    public string? ProxyUrl { get; init; }

    public bool DisableCompression { get; init; }

    /// <summary>The extension <c>client.authentication.k8s.io/exec</c>: what the cluster tells every exec plugin.</summary>
    public JsonNode? ExecConfiguration { get; init; }
}

/// <summary>A class, not a record: nothing prints what it holds.</summary>
internal sealed class KubeConfigUser
{
    public string? CertificateFile { get; init; }

    public string? CertificateData { get; init; }

    public string? KeyFile { get; init; }

    public string? KeyData { get; init; }

    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    public bool HasPassword { get; init; }

    public string? AuthProvider { get; init; }

    public KubeConfigExec? Exec { get; init; }

    public string? ImpersonatedUser { get; init; }

    public string? ImpersonatedUid { get; init; }

    public IReadOnlyList<string> ImpersonatedGroups { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> ImpersonatedExtra { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>A class, not a record: environment variables and arguments of a plugin may be secret.</summary>
internal sealed class KubeConfigExec
{
    public string? ApiVersion { get; init; }

    public string? Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    public string? InstallHint { get; init; }

    public bool ProvideClusterInfo { get; init; }

    public string? InteractiveMode { get; init; }
}
