using System.Globalization;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>The API server itself.</summary>
internal sealed class KubernetesServer(ApiGateway gateway) : IServer
{
    private static readonly ApiRequest Version = new() { Method = HttpMethod.Get, Target = "/version", What = "read the server's version", IsRead = true };

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default)
    {
        if (gateway.Clock.Now is { } known)
        {
            return known;
        }

        await GetVersionAsync(cancellationToken).ConfigureAwait(false);
        return gateway.Clock.Now ?? throw Refusals.Strange(Version with { What = "learn the server's time" }, "no Date header", gateway.Server);
    }

    public async Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        var version = await gateway.SendAsync(Version, WireJson.Default.VersionDto, cancellationToken).ConfigureAwait(false);
        return version.GitVersion is { Length: > 0 } text && Number(version.Major) is { } major && Number(version.Minor) is { } minor
            ? new ServerVersion { Text = text, Major = major, Minor = minor }
            : throw Refusals.Strange(Version, "JSON that is no version", gateway.Server);
    }

    /// <summary>Some vendors write a plus behind the minor version.</summary>
    private static int? Number(string? text) =>
        int.TryParse(text?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
