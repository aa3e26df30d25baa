using System.Security.Cryptography.X509Certificates;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>Turns a user entry of a kubeconfig into a source of credentials.</summary>
internal sealed class UserCredentials(
    string name, KubeConfigUser user, KubeConfigCluster cluster, X509Certificate2Collection? authorities, string origin, TimeProvider time)
{
    public ICredentialSource Build()
    {
        if (user.HasPassword)
        {
            throw ConfigurationProblem.Of(
                $"The user \"{name}\" ({origin}) has a user name and password; Kubernetes has not taken these since 1.19. Use a client certificate, a token or an exec plugin.");
        }

        if (user.AuthProvider is { } provider)
        {
            throw ConfigurationProblem.Of(
                $"The user \"{name}\" ({origin}) uses the auth-provider \"{provider}\", which is not supported. Use an exec plugin instead: kubelogin for oidc and azure, gke-gcloud-auth-plugin for gcp.");
        }

        var certificate = Certificate();
        if (user.Exec is { } exec)
        {
            var plugin = new ExecPlugin(name, exec, cluster, authorities, origin);
            return new ExecCredentialSource(plugin.RunAsync, time);
        }

        // As for kubectl, the file wins over the text.
        return user.TokenFile is { } file
            ? new TokenFileSource(file, $"the tokenFile of the user \"{name}\" ({origin})", certificate, time)
            : new FixedCredential(new Credential(user.Token, certificate));
    }

    private ClientCertificate? Certificate()
    {
        var what = $"the client certificate of the user \"{name}\" ({origin})";
        var certificate = user.CertificateData is { } data ? PemFiles.Decode(data, what)
            : user.CertificateFile is { } file ? PemFiles.Read(file, what)
            : null;
        var key = user.KeyData is { } keyData ? PemFiles.Decode(keyData, what)
            : user.KeyFile is { } keyFile ? PemFiles.Read(keyFile, what)
            : null;
        return (certificate, key) switch
        {
            (null, null) => null,
            ({ } pem, { } keyPem) => PemFiles.Client(pem, keyPem, what),
            _ => throw ConfigurationProblem.Of(
                $"The user \"{name}\" ({origin}) has only one half of a client certificate. Give the certificate and its key together."),
        };
    }
}
