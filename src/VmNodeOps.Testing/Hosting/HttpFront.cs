using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Testing.Hosting;

/// <summary>The HTTPS side of a simulated API server, on loopback at a free port.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stopping;
    private readonly CertificateAuthority _authority;
    private readonly X509Certificate2 _certificate;
    private int _disposed;

    private HttpFront(
        WebApplication application,
        CancellationTokenSource stopping,
        CertificateAuthority authority,
        X509Certificate2 certificate,
        RequestPipeline pipeline,
        ListenSockets sockets)
    {
        _application = application;
        _stopping = stopping;
        _authority = authority;
        _certificate = certificate;
        Requests = pipeline.Requests;
        Faults = pipeline.Faults;
        Address = new Uri($"https://{sockets.Secure}");
        AddressV6 = sockets.SecureV6 is { } six ? new Uri($"https://{six}") : null;
        PlainAddress = sockets.Plain is { } plain ? new Uri($"http://{plain}") : null;
    }

    /// <summary>Where it listens with TLS: https://127.0.0.1 and a port.</summary>
    public Uri Address { get; }

    /// <summary>The same port of [::1]; null where there is no IPv6.</summary>
    public Uri? AddressV6 { get; }

    /// <summary>Where it listens without TLS; null unless that was asked for.</summary>
    public Uri? PlainAddress { get; }

    /// <summary>The authority that clients must trust, PEM.</summary>
    public string CertificateAuthorityPem => _authority.Pem;

    public required ServerSettings Settings { get; init; }

    public required AccessControl Access { get; init; }

    public RequestLog Requests { get; }

    public FaultRules Faults { get; }

    /// <summary>Starts a server for this API.</summary>
    public static async Task<HttpFront> StartAsync(
        IClusterApi api, IRestHandler rest, HttpFrontOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new HttpFrontOptions();
        var authority = new CertificateAuthority("kubernetes");
        var certificate = MakeCertificate(authority, options.Certificate);
        var access = new AccessControl(authority, api.Time);
        var stopping = new CancellationTokenSource();
        var pipeline = new RequestPipeline(api, rest, options, access, stopping.Token);
        var sockets = new ListenSockets(options.PlainHttp);
        var application = Build(pipeline, sockets, certificate);
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        return new HttpFront(application, stopping, authority, certificate, pipeline, sockets)
        {
            Settings = options.Settings,
            Access = access,
        };
    }

    /// <summary>A kubeconfig entry for a user with a client certificate.</summary>
    public KubeconfigContext ContextWithCertificate(string name, string user, IEnumerable<string>? groups = null) =>
        Context(name) with { Certificate = Access.IssueClientCertificate(user, groups) };

    /// <summary>A kubeconfig entry for a user with a token.</summary>
    public KubeconfigContext ContextWithToken(string name, string token) => Context(name) with { Token = token };

    /// <summary>A kubeconfig entry for who may do everything.</summary>
    public KubeconfigContext AdminContext(string name) => ContextWithCertificate(name, "kubernetes-admin", [AccessControl.Masters]);

    /// <summary>A kubeconfig entry without credentials.</summary>
    public KubeconfigContext Context(string name) =>
        new() { Name = name, Server = Address, CertificateAuthorityPem = CertificateAuthorityPem };

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // Open watches and stalled bodies end now; a server that goes away does not wait for its clients.
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _certificate.Dispose();
        _authority.Dispose();
        _stopping.Dispose();
    }

    private static WebApplication Build(RequestPipeline pipeline, ListenSockets sockets, X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, sockets, certificate));
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.Take);
        // The program that hosts the cluster handles its own signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var application = builder.Build();
        application.Run(pipeline.HandleAsync);
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, ListenSockets sockets, X509Certificate2 certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        // Faults stall bodies on purpose.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        foreach (var endpoint in new[] { sockets.Secure, sockets.SecureV6 }.OfType<IPEndPoint>())
        {
            kestrel.Listen(endpoint, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                // A certificate that is not ours is an answer 401, not a failed handshake.
                https.AllowAnyClientCertificate();
                https.OnAuthenticate = (_, ssl) => ssl.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
            }));
        }

        if (sockets.Plain is { } plain)
        {
            kestrel.Listen(plain);
        }
    }

    private static X509Certificate2 MakeCertificate(CertificateAuthority authority, ServerCertificateKind kind)
    {
        string[] names =
        [
            "localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
        ];
        switch (kind)
        {
            case ServerCertificateKind.OtherHostName:
                return authority.IssueServerCertificate(["other.example"]);
            case ServerCertificateKind.Expired:
                return authority.IssueServerCertificate(names, new DateTimeOffset(2020, 6, 1, 0, 0, 0, TimeSpan.Zero));
            case ServerCertificateKind.OtherAuthority:
                using (var other = new CertificateAuthority("kubernetes"))
                {
                    return other.IssueServerCertificate(names);
                }

            default:
                return authority.IssueServerCertificate(names);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
