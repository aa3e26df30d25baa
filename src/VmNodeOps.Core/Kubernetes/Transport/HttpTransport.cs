using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s;
using Microsoft.Extensions.Logging;
using VmNodeOps.Kubernetes.Authentication;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>The Kubernetes client's HTTP pipeline, set up so that it can be trusted, with the credential of the moment on every request.</summary>
/// <remarks>
/// <para>Given a certificate authority, the client itself accepts a certificate of any host that the authority has signed. So the authority goes into
/// the handler's own chain policy instead, where the host name is checked as everywhere.</para>
/// <para>When an exec plugin hands out a new client certificate, later requests go over new connections; those that run end on the old ones.</para>
/// </remarks>
internal sealed class HttpTransport : IDisposable
{
    private readonly ClusterConnection _connection;
    private readonly KubernetesClusterOptions _options;
    private readonly Lock _gate = new();
    private readonly List<k8s.Kubernetes> _clients = [];
    private ClientCertificate? _certificate;
    private bool _disposed;

    public HttpTransport(ClusterConnection connection, KubernetesClusterOptions options)
    {
        _connection = connection;
        _options = options;
        Clock = new ServerClock(options.TimeProvider);
    }

    public ServerClock Clock { get; }

    public ClusterConnection Connection => _connection;

    /// <summary>
    /// Sends a request and gives the answer as soon as its headers are there. A 401 makes a source of credentials fetch a new one; if there is one,
    /// the request is sent once more, writes too: a request that was not let in has done nothing.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var credential = await _connection.Credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(make(), credential, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        _connection.Credentials.Reject(credential);
        var fresh = await RenewAsync(response, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(fresh, credential) || (fresh.Token == credential.Token && fresh.Certificate == credential.Certificate))
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(make(), fresh, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _clients.ForEach(client => client.Dispose());
            _clients.Clear();
        }
    }

    private async Task<Credential> RenewAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.Credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Credential credential, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Host = _connection.TlsServerName;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (credential.Token is { } token)
        {
            if (token.Any(character => character is <= ' ' or > '~'))
            {
                throw ConfigurationProblem.Of($"The bearer token for {_connection} holds a space, a line end or a letter beyond ASCII, which no token has. Get it anew; perhaps it was cut or wrapped.");
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (_connection.Impersonation is { } impersonation)
        {
            Impersonate(request, impersonation);
        }

        var response = await TellingAsync(request, ClientFor(credential), cancellationToken).ConfigureAwait(false);
        if (response.Headers.Date is { } date)
        {
            Clock.Hear(date);
        }

        return response;
    }

    /// <summary>The path and the query of a request hold names and selectors, and no secret; what else goes out with it is not told.</summary>
    private async Task<HttpResponseMessage> TellingAsync(HttpRequestMessage request, HttpClient client, CancellationToken cancellationToken)
    {
        if (_options.Logger is not { } logger || !logger.IsEnabled(LogLevel.Debug))
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }

        var (method, target, sent) = (request.Method.Method, request.RequestUri!.PathAndQuery, _options.TimeProvider.GetTimestamp());
        try
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            Log.Answered(logger, method, target, (int)response.StatusCode, _options.TimeProvider.GetElapsedTime(sent));
            return response;
        }
        catch (Exception exception)
        {
            Log.Unanswered(logger, method, target, exception.Message, _options.TimeProvider.GetElapsedTime(sent));
            throw;
        }
    }

    private static void Impersonate(HttpRequestMessage request, Impersonation impersonation)
    {
        request.Headers.TryAddWithoutValidation("Impersonate-User", impersonation.User);
        if (impersonation.Uid is { } uid)
        {
            request.Headers.TryAddWithoutValidation("Impersonate-Uid", uid);
        }

        foreach (var group in impersonation.Groups)
        {
            request.Headers.TryAddWithoutValidation("Impersonate-Group", group);
        }

        foreach (var (key, values) in impersonation.Extra)
        {
            request.Headers.TryAddWithoutValidation($"Impersonate-Extra-{Uri.EscapeDataString(key)}", values);
        }
    }

    private HttpClient ClientFor(Credential credential)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(KubernetesCluster));
            if (_clients.Count == 0 || _certificate != credential.Certificate)
            {
                _certificate = credential.Certificate;
                _clients.Add(Create(credential.Certificate));
            }

            return _clients[^1].HttpClient;
        }
    }

    private k8s.Kubernetes Create(ClientCertificate? certificate) => new(new KubernetesClientConfiguration
    {
        Host = _connection.Server.AbsoluteUri,
        SkipTlsVerify = _connection.SkipTlsVerify,
        UserAgent = _options.UserAgent,
        FirstMessageHandlerSetup = handler => SetUp(handler, certificate),
    });

    private void SetUp(SocketsHttpHandler handler, ClientCertificate? certificate)
    {
        // A server that has died without a word is noticed within 15 s, also under a silent watch.
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        handler.EnableMultipleHttp2Connections = true;
        // The name of the server may come to mean another address.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        handler.ConnectTimeout = TimeSpan.FromSeconds(15);
        handler.MaxResponseDrainSize = 0;
        handler.AutomaticDecompression = _connection.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip;
        // An API server does not redirect; whoever does is a login page, and a write must not wander.
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        SetUpProxy(handler);
        if (_connection.Authorities is { } authorities && !_connection.SkipTlsVerify)
        {
            handler.SslOptions.CertificateChainPolicy = ChainPolicy(authorities);
        }

        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext =
                SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true);
        }
    }

    private void SetUpProxy(SocketsHttpHandler handler)
    {
        if (_connection.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy) { BypassProxyOnLocal = false };
        }
        else if (_connection.Server.IsLoopback)
        {
            // As in Go, and so in kubectl: HTTPS_PROXY never stands between a machine and itself.
            handler.UseProxy = false;
        }
    }

    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
