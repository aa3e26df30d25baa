using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace VmNodeOps.Benchmarks.Means;

/// <summary>A bare HTTP client for a kubeconfig with its first cluster and user, whose certificates or token are in the file: connection, JSON, pages. Nothing is repeated.</summary>
internal sealed class FloorClient : IDisposable
{
    private readonly HttpClient _http;

    public FloorClient(string kubeconfig)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(kubeconfig)));
        var root = yaml.Documents[0].RootNode;
        var (cluster, user) = (root["clusters"][0]["cluster"], root["users"][0]["user"]);
        var handler = new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(Pem(cluster["certificate-authority-data"]));
        if (Has(user, "client-certificate-data"))
        {
            handler.SslOptions.ClientCertificates = [Certificate(user)];
        }

        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(cluster["server"].ToString()),
            DefaultRequestVersion = HttpVersion.Version20,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (Has(user, "token"))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user["token"].ToString());
        }
    }

    public void Dispose() => _http.Dispose();

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        return (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement;
    }

    public Task<byte[]> GetBytesAsync(string path) => _http.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    /// <summary>Every object of a list, page by page; only the page is held.</summary>
    public async IAsyncEnumerable<JsonElement> PagesAsync(string path)
    {
        var next = "";
        do
        {
            var page = await GetAsync($"{path}{(path.Contains('?') ? '&' : '?')}limit=500{next}");
            yield return page;
            next = page.GetProperty("metadata").TryGetProperty("continue", out var token) && token.GetString() is { Length: > 0 } text ? $"&continue={text}" : "";
        }
        while (next.Length > 0);
    }

    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Version = HttpVersion.Version20 };
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>The lines of a watch until the server ends it.</summary>
    public async IAsyncEnumerable<JsonElement> WatchAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            yield return JsonDocument.Parse(line).RootElement;
        }
    }

    private static bool Has(YamlNode node, string key) => node is YamlMappingNode map && map.Children.ContainsKey(key);

    private static string Pem(YamlNode node) => Encoding.UTF8.GetString(Convert.FromBase64String(node.ToString()));

    private static X509Certificate2 Certificate(YamlNode user)
    {
        using var pair = X509Certificate2.CreateFromPem(Pem(user["client-certificate-data"]), Pem(user["client-key-data"]));
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }
}
