using System.Security.Cryptography.X509Certificates;
using VmNodeOps.Kubernetes.Authentication;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>Makes a connection of one context of a kubeconfig; every refusal names the entry and what to do.</summary>
internal sealed class ConnectionBuilder(KubeConfig config, TimeProvider time)
{
    public ClusterConnection Build(string? contextName)
    {
        var name = contextName ?? config.CurrentContext ?? throw ConfigurationProblem.Of(
            $"No context was chosen: {config.Description} has no current-context. {Known("contexts", config.Contexts.Keys)} " +
            "Choose one by name, or set it with `kubectl config use-context`.");
        if (!config.Contexts.TryGetValue(name, out var context))
        {
            throw ConfigurationProblem.Of(
                $"There is no context \"{name}\" in {config.Description}. {Known("contexts", config.Contexts.Keys)} Choose one of them, or add it.");
        }

        var origin = $"context \"{name}\" of {config.Description}";
        var cluster = FindCluster(context, origin);
        var user = FindUser(context, origin);
        var server = ServerOf(cluster, context.Cluster!, origin);
        var authorities = AuthoritiesOf(cluster, origin);
        return new ClusterConnection
        {
            Server = server,
            Origin = origin,
            Authorities = authorities,
            SkipTlsVerify = cluster.SkipTlsVerify,
            TlsServerName = cluster.TlsServerName,
            Proxy = ProxyOf(cluster, origin),
            DisableCompression = cluster.DisableCompression,
            Credentials = user is null ? FixedCredential.None : new UserCredentials(context.User!, user, cluster, authorities, origin, time).Build(),
            Impersonation = user?.ImpersonatedUser is { } impersonated
                ? new Impersonation(impersonated, user.ImpersonatedUid, user.ImpersonatedGroups, user.ImpersonatedExtra)
                : null,
        };
    }

    private KubeConfigCluster FindCluster(KubeConfigContext context, string origin)
    {
        if (context.Cluster is null)
        {
            throw ConfigurationProblem.Of($"The {origin} names no cluster. Add `cluster:` to it, or choose another context.");
        }

        return config.Clusters.TryGetValue(context.Cluster, out var cluster) ? cluster : throw ConfigurationProblem.Of(
            $"The {origin} names the cluster \"{context.Cluster}\", which is not there. {Known("clusters", config.Clusters.Keys)} Correct the name, or add the cluster.");
    }

    private KubeConfigUser? FindUser(KubeConfigContext context, string origin)
    {
        if (context.User is null)
        {
            return null;
        }

        return config.Users.TryGetValue(context.User, out var user) ? user : throw ConfigurationProblem.Of(
            $"The {origin} names the user \"{context.User}\", which is not there. {Known("users", config.Users.Keys)} Correct the name, or add the user.");
    }

    private static Uri ServerOf(KubeConfigCluster cluster, string name, string origin)
    {
        if (cluster.Server is null)
        {
            throw ConfigurationProblem.Of($"The cluster \"{name}\" ({origin}) has no server. Add `server: https://…` to it.");
        }

        return Uri.TryCreate(cluster.Server, UriKind.Absolute, out var server) && server.Scheme is "https" or "http" && server.Host.Length > 0 &&
            server is { UserInfo: "", Query: "", Fragment: "" }
            ? server
            : throw ConfigurationProblem.Of(
                $"The server of the cluster \"{name}\" ({origin}) is not a usable address. Write it as https://host:port, without user, query or fragment.");
    }

    private static Uri? ProxyOf(KubeConfigCluster cluster, string origin)
    {
        if (cluster.ProxyUrl is null)
        {
            return null;
        }

        return Uri.TryCreate(cluster.ProxyUrl, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw ConfigurationProblem.Of($"The proxy-url of the cluster ({origin}) is not usable. Write it as http://host:port, https://host:port or socks5://host:port.");
    }

    private static X509Certificate2Collection? AuthoritiesOf(KubeConfigCluster cluster, string origin)
    {
        if (cluster.SkipTlsVerify && (cluster.AuthorityData ?? cluster.AuthorityFile) is not null)
        {
            throw ConfigurationProblem.Of(
                $"The cluster ({origin}) gives a certificate authority and insecure-skip-tls-verify together. Remove one; keep the authority unless you have to look at a broken server.");
        }

        var what = $"the certificate authority ({origin})";
        var pem = cluster.AuthorityData is { } data ? PemFiles.Decode(data, what) : cluster.AuthorityFile is { } file ? PemFiles.Read(file, what) : null;
        return pem is null ? null : PemFiles.Certificates(pem, what);
    }

    private static string Known(string what, IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return sorted.Count == 0 ? $"It has no {what}." : $"It has the {what} {string.Join(", ", sorted.Select(name => $"\"{name}\""))}.";
    }
}
