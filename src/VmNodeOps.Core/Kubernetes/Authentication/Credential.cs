using System.Security.Cryptography.X509Certificates;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>What proves to the server who calls. A class, not a record: nothing prints it.</summary>
internal sealed class Credential(string? token, ClientCertificate? certificate)
{
    /// <summary>Sent as bearer token with every request; null for none.</summary>
    public string? Token { get; } = token;

    /// <summary>Shown when a connection is made; null for none.</summary>
    public ClientCertificate? Certificate { get; } = certificate;
}

/// <summary>A client certificate with its key, and the certificates between it and the authority.</summary>
internal sealed class ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates)
{
    public X509Certificate2 Certificate { get; } = certificate;

    public X509Certificate2Collection Intermediates { get; } = intermediates;
}
