using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Discovery;

namespace VmNodeOps.Testing.Hosting;

/// <summary>What is no resource: version, health, discovery, and everything unknown.</summary>
internal sealed class NonResourceEndpoints(ServerSettings settings, HostEndpoints hosts)
{
    public static Task WriteNotFoundAsync(Exchange exchange) => ResponseWriter.WriteTextAsync(exchange, 404, "404 page not found\n");

    /// <summary>The catalog that fits the KubeVirt of this cluster.</summary>
    public static Catalog CatalogOf(ServerSettings settings) =>
        settings.KubeVirtVersion is null ? Catalog.WithoutKubeVirt
        : settings.HasKubeVirt(7) ? Catalog.WithKubeVirt
        : Catalog.WithOldKubeVirt;

    public Task AnswerAsync(Exchange exchange)
    {
        var path = exchange.Target.Path;
        var trimmed = path.Length > 1 && path.EndsWith('/') ? path[..^1] : path;
        var isRead = exchange.Target.Method is "GET" or "HEAD";
        return trimmed switch
        {
            "/healthz" or "/livez" or "/readyz" when isRead => ResponseWriter.WriteTextAsync(exchange, 200, "ok"),
            "/version" when isRead => ResponseWriter.WriteJsonAsync(exchange, 200, VersionDocument()),
            "/" when isRead => ResponseWriter.WriteJsonAsync(exchange, 200, Paths()),
            "/openapi/v3" when isRead => ResponseWriter.WriteJsonAsync(exchange, 200, OpenApiDocuments.Index(CatalogOf(settings), settings.Version)),
            _ when isRead && OpenApiDocuments.Find(CatalogOf(settings), trimmed, settings.Version) is { } document =>
                ResponseWriter.WriteJsonAsync(exchange, 200, document),
            _ when trimmed == "/api" || trimmed == "/apis"
                || trimmed.StartsWith("/api/", StringComparison.Ordinal) || trimmed.StartsWith("/apis/", StringComparison.Ordinal) =>
                DiscoverAsync(exchange, trimmed, isRead),
            _ => hosts.TryAnswer(exchange) ?? WriteNotFoundAsync(exchange),
        };
    }

    private Task DiscoverAsync(Exchange exchange, string path, bool isRead)
    {
        var catalog = CatalogOf(settings);
        var parts = path.Split('/')[1..];
        var isCore = parts[0] == "api";
        if (!isCore && parts.Length > 1 && !catalog.HasGroup(parts[1]))
        {
            return WriteNotFoundAsync(exchange);
        }

        if (!isRead)
        {
            throw RouteErrors.MethodNotAllowed();
        }

        if (parts.Length == 1)
        {
            return WriteRootAsync(exchange, catalog, isCore);
        }

        if (!isCore && parts.Length == 2)
        {
            return ResponseWriter.WriteJsonAsync(exchange, 200, DiscoveryDocuments.Group(catalog, parts[1]));
        }

        var group = isCore ? catalog.Find("", parts[1]) : catalog.Find(parts[1], parts[2]);
        if (group is { Aggregated: true } && !settings.VirtApiAnswers())
        {
            return ResponseWriter.WriteTextAsync(exchange, 503, "service unavailable\n");
        }

        return group is not null
            ? ResponseWriter.WriteJsonAsync(exchange, 200, DiscoveryDocuments.ResourceList(group))
            : isCore || !catalog.Groups.First(served => served.Group == parts[1]).Custom
                ? throw RouteErrors.NotFound()
                : WriteNotFoundAsync(exchange);
    }

    private Task WriteRootAsync(Exchange exchange, Catalog catalog, bool isCore)
    {
        var form = Representation.Choose(exchange.Context.Request.Headers.Accept.ToString(), OffersDiscovery)
            ?? throw RouteErrors.NotAcceptable();
        if (form.Shape != Shape.Discovery)
        {
            var host = exchange.Context.Request.Host.Value ?? "";
            return ResponseWriter.WriteJsonAsync(
                exchange, 200, isCore ? DiscoveryDocuments.CoreVersions(host) : DiscoveryDocuments.GroupList(catalog));
        }

        var body = Encoding.UTF8.GetBytes(AggregatedDiscovery.Document(catalog, isCore, form.Version, settings.VirtApiAnswers()).ToJsonString() + "\n");
        var tag = $"\"{Convert.ToHexString(SHA512.HashData(body))}\"";
        var headers = exchange.Context.Response.Headers;
        headers.CacheControl = "public";
        headers.ETag = tag;
        headers.Vary = "Accept";
        var type = $"application/json;g=apidiscovery.k8s.io;v={form.Version};as=APIGroupDiscoveryList";
        return exchange.Context.Request.Headers.IfNoneMatch.ToString() == tag
            ? ResponseWriter.WriteAsync(exchange, 304, null, default)
            : ResponseWriter.WriteAsync(exchange, 200, type, body);
    }

    // v2beta1 is on by default since 1.27, v2 since 1.30.
    private bool OffersDiscovery(Representation form) =>
        form.Shape == Shape.Discovery && settings.Minor >= (form.Version == "v2" ? 30 : 27);

    private JsonObject VersionDocument()
    {
        var minor = settings.Minor.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var document = new JsonObject { ["major"] = "1", ["minor"] = minor };
        if (settings.Minor >= 33)
        {
            document["emulationMajor"] = "1";
            document["emulationMinor"] = minor;
            document["minCompatibilityMajor"] = "1";
            document["minCompatibilityMinor"] = (settings.Minor - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        document["gitVersion"] = settings.Version;
        document["gitCommit"] = "0000000000000000000000000000000000000000";
        document["gitTreeState"] = "clean";
        document["buildDate"] = "2026-01-01T00:00:00Z";
        document["goVersion"] = "go1.22.0";
        document["compiler"] = "gc";
        document["platform"] = "linux/amd64";
        return document;
    }

    private JsonObject Paths() => new()
    {
        ["paths"] = DiscoveryDocuments.Texts(
        [
            "/api", "/api/v1", "/apis",
            .. CatalogOf(settings).Groups.Where(group => group.Group.Length > 0)
                .SelectMany(group => new[] { $"/apis/{group.Group}", $"/apis/{group.GroupVersion}" }).Distinct(),
            "/healthz", "/livez", "/openapi/v3", "/readyz", "/version",
        ]),
    };
}
