using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using VmNodeOps.Kubernetes;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>An HTTPS server on loopback that answers what a test says, for what no well-behaved server does.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;
    private readonly CancellationTokenSource _stopping = new();

    private TestServer(WebApplication application, TestCertificates certificates)
    {
        _application = application;
        Certificates = certificates;
    }

    public TestCertificates Certificates { get; }

    public Uri Address { get; private set; } = null!;

    /// <summary>Method and target of every request, in order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Ends when the server stops, so that no test leaves a request open.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public static async Task<TestServer> StartAsync(Func<HttpContext, TestServer, Task> answer, string certificateHost = "127.0.0.1")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var certificates = new TestCertificates();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = certificates.Server(certificateHost);
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            }));
        });
        var application = builder.Build();
        var server = new TestServer(application, certificates);
        application.Run(async context =>
        {
            server.Requests.Enqueue($"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}");
            try
            {
                await answer(context, server);
            }
            catch (OperationCanceledException)
            {
                context.Abort();
            }
        });
        await application.StartAsync();
        server.Address = new Uri(application.Urls.Single());
        return server;
    }

    /// <summary>A server that answers every request with the same JSON.</summary>
    public static Task<TestServer> StartAsync(int status, string json, params (string Name, string Value)[] headers) => StartAsync((context, _) =>
    {
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return JsonAsync(context, status, json);
    });

    public static Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static string Status(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";

    /// <summary>A kubeconfig for this server; the text is put under the user.</summary>
    public string KubeConfig(string user = "token: secret-token", string? cluster = null)
    {
        var file = Path.Combine(_folder, $"config-{Guid.NewGuid():N}");
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(Certificates.AuthorityPem));
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts:
            - {name: test, context: {cluster: test, user: test} }
            clusters:
            - name: test
              cluster:
                server: {{Address}}
                {{cluster ?? $"certificate-authority-data: {authority}"}}
            users:
            - name: test
              user:
                {{user.ReplaceLineEndings("\n    ")}}
            """);
        return file;
    }

    public string Folder => _folder;

    /// <summary>A client of this server, quick to give up and to try again.</summary>
    public KubernetesCluster Connect(KubernetesClusterOptions? options = null, string? kubeConfig = null) =>
        KubernetesCluster.FromKubeConfig(kubeConfig ?? KubeConfig(), options: options ?? Quick);

    public static KubernetesClusterOptions Quick { get; } =
        new() { RetryDelay = TimeSpan.FromMilliseconds(1), LongestRetryDelay = TimeSpan.FromMilliseconds(20), JitterSeed = 1 };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
        _stopping.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
