using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>A server over HTTPS to which recorded requests are sent as they were, in the names that it uses itself.</summary>
internal sealed partial class ConformanceServer : IDisposable
{
    /// <summary>A version of so many digits is meant to be one that no server has reached.</summary>
    private const int FutureDigits = 8;

    private readonly HttpClient _client;
    private readonly string _token;

    public ConformanceServer(SimulatedTime time, ApiMachinery api, HttpFront front)
    {
        Time = time;
        Api = api;
        _token = front.Access.IssueToken("kubernetes-admin", [AccessControl.Masters]);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(front.CertificateAuthorityPem);
        _client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } })
        {
            BaseAddress = front.Address, Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public SimulatedTime Time { get; }

    public ApiMachinery Api { get; }

    public NameMap Names { get; } = new();

    /// <summary>From now on this recorded version stands for the newest one of ours.</summary>
    public void IsNow(string recordedVersion) =>
        Names.AddVersion(recordedVersion, Api.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Puts recorded objects in as they are, and notes which of our versions stands for which recorded one.</summary>
    public void Import(ResourceType type, params IEnumerable<JsonObject> objects)
    {
        foreach (var json in objects)
        {
            var recorded = (string?)json["metadata"]!["resourceVersion"];
            json["metadata"]!.AsObject().Remove("managedFields");
            var stored = Api.Import(type, json);
            if (recorded is not null)
            {
                Names.AddVersion(recorded, stored.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Sends it; for a watch, what is to happen while it is open happens once it is.</summary>
    public async Task<ActualAnswer> SendAsync(RecordedExchange exchange, Func<Task>? during = null)
    {
        using var request = Request(exchange);
        // A watch's time must not run out before what it is to see has happened.
        var pause = exchange.IsWatch ? Time.Pause() : null;
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (during is not null)
        {
            await during();
        }

        pause?.Dispose();
        return await ActualAnswer.ReadAsync(response, exchange.IsWatch);
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(RecordedExchange exchange)
    {
        var request = new HttpRequestMessage(new HttpMethod(exchange.Method), Target(exchange));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (exchange.Request["body"] is { } body)
        {
            var text = body.GetValueKind() == JsonValueKind.String ? (string)body! : Names.ApplyWithVersions(body.ToJsonString());
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        }

        foreach (var (header, value) in exchange.Request["headers"]!.AsObject())
        {
            Add(request, header, (string)value!);
        }

        return request;
    }

    /// <summary>A watch that was opened at a version that no recorded answer shows was opened at the newest one.</summary>
    private string Target(RecordedExchange exchange)
    {
        var version = VersionInQuery().Match(exchange.Target).Groups["version"].Value;
        if (exchange.IsWatch && version.Length is > 1 and < FutureDigits && Names.Version(version) is null)
        {
            IsNow(version);
        }

        return Names.ApplyWithVersions(exchange.Target);
    }

    [GeneratedRegex(@"[?&]resourceVersion=(?<version>\d+)")]
    private static partial Regex VersionInQuery();

    private static void Add(HttpRequestMessage request, string header, string value)
    {
        if (header == "Authorization")
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "nobody-issued-this");
        }
        else if (header == "Content-Type")
        {
            request.Content?.Headers.TryAddWithoutValidation(header, value);
        }
        else
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }
}
