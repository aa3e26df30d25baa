using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Tests.Hosting;

/// <summary>A server over HTTPS with objects that a test imports, and clients for it.</summary>
internal sealed class FrontFixture : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];

    private FrontFixture(SimulatedTime time, ApiMachinery api, ScriptedRest rest, HttpFront front)
    {
        Time = time;
        Api = api;
        Rest = rest;
        Front = front;
        Admin = Client(front.Access.IssueToken("admin", [AccessControl.Masters]));
    }

    public SimulatedTime Time { get; }

    public ApiMachinery Api { get; }

    public ScriptedRest Rest { get; }

    public HttpFront Front { get; }

    /// <summary>A client that may do everything.</summary>
    public HttpClient Admin { get; }

    public static async Task<FrontFixture> StartAsync(HttpFrontOptions? options = null, SimulatedTime? time = null)
    {
        time ??= SimulatedTime.Virtual();
        var api = new ApiMachinery(time);
        var rest = new ScriptedRest(api);
        return new FrontFixture(time, api, rest, await HttpFront.StartAsync(api, rest, options));
    }

    public HttpClient Client(string? token = null, ClientCertificate? certificate = null, Version? version = null, Uri? address = null)
    {
        var trust = new X509Certificate2Collection();
        trust.ImportFromPem(Front.CertificateAuthorityPem);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trust);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(certificate.CertificatePem, certificate.PrivateKeyPem)];
        }

        var client = new HttpClient(handler)
        {
            BaseAddress = address ?? Front.Address,
            DefaultRequestVersion = version ?? HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(20),
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        _clients.Add(client);
        return client;
    }

    public StoredObject AddNode(string name, Action<JsonObject>? change = null)
    {
        var node = new JsonObject { ["kind"] = "Node", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };
        change?.Invoke(node);
        return Api.Create(ResourceTypes.Nodes, node);
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Front.DisposeAsync();
        var failures = Time.Failures;
        Time.Dispose();
        failures.Should().BeEmpty();
    }
}

internal static class ResponseReading
{
    public static async Task<JsonObject> JsonAsync(this Task<HttpResponseMessage> pending)
    {
        using var response = await pending;
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
    }
}
