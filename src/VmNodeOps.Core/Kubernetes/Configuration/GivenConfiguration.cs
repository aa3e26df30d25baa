using k8s;
using VmNodeOps.Kubernetes.Authentication;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>A connection of a configuration that the caller has built with the Kubernetes client.</summary>
internal static class GivenConfiguration
{
    private const string Origin = "the given KubernetesClientConfiguration";

    public static ClusterConnection Read(KubernetesClientConfiguration configuration)
    {
        if (!Uri.TryCreate(configuration.Host, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http") || server.Host.Length == 0)
        {
            throw ConfigurationProblem.Of($"The Host of {Origin} is not a usable address. Write it as https://host:port.");
        }

        if (!string.IsNullOrEmpty(configuration.Username) || !string.IsNullOrEmpty(configuration.Password))
        {
            throw ConfigurationProblem.Of(
                $"A user name and password are in {Origin}; Kubernetes has not taken these since 1.19. Use a client certificate or a token.");
        }

        return new ClusterConnection
        {
            Server = server,
            Origin = Origin,
            Authorities = configuration.SslCaCerts is { Count: > 0 } authorities ? authorities : null,
            SkipTlsVerify = configuration.SkipTlsVerify,
            TlsServerName = string.IsNullOrWhiteSpace(configuration.TlsServerName) ? null : configuration.TlsServerName,
            Credentials = CredentialsOf(configuration),
        };
    }

    private static ICredentialSource CredentialsOf(KubernetesClientConfiguration configuration)
    {
        const string What = "the client certificate of " + Origin;
        var certificate = Text(configuration.ClientCertificateData, configuration.ClientCertificateFilePath, What);
        var key = Text(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath, What);
        var client = (certificate, key) switch
        {
            (null, null) => null,
            ({ } pem, { } keyPem) => PemFiles.Client(pem, keyPem, What),
            _ => throw ConfigurationProblem.Of($"Only one half of a client certificate is in {Origin}. Give the certificate and its key together."),
        };
        return configuration.TokenProvider is { } provider
            ? new TokenProviderSource(provider, client)
            : new FixedCredential(new Credential(string.IsNullOrEmpty(configuration.AccessToken) ? null : configuration.AccessToken, client));
    }

    // As in the Kubernetes client, the file wins over the data.
    private static string? Text(string? data, string? file, string what) =>
        !string.IsNullOrWhiteSpace(file) ? PemFiles.Read(file, what) : !string.IsNullOrWhiteSpace(data) ? PemFiles.Decode(data, what) : null;
}
