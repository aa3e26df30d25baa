using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmNodeOps.Testing.Access;

/// <summary>The authority that signs a cluster's server certificate and the certificates of its users.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    // Valid by the wall clock, which TLS stacks ask, and by any simulated clock.
    private static readonly DateTimeOffset Beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _certificate;
    private long _serial;

    public CertificateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(Beginning, End);
        Pem = _certificate.ExportCertificatePem();
    }

    /// <summary>The authority's own certificate, for <c>certificate-authority-data</c>.</summary>
    public string Pem { get; }

    /// <summary>A server certificate with its key, for these names and addresses.</summary>
    public X509Certificate2 IssueServerCertificate(IReadOnlyList<string> names, DateTimeOffset? expires = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = Sign(request, "1.3.6.1.5.5.7.3.1", Beginning, expires ?? End);
        using var withKey = certificate.CopyWithPrivateKey(key);
        // Not every TLS stack takes an ephemeral key: the way through PKCS#12 suits all.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A certificate for a user, with a new key.</summary>
    public ClientCertificate IssueClientCertificate(string user, IEnumerable<string> groups, DateTimeOffset? expires = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return IssueClientCertificate(key, user, groups, expires);
    }

    /// <summary>A certificate for a user: the common name is the user, each organization a group.</summary>
    public ClientCertificate IssueClientCertificate(ECDsa key, string user, IEnumerable<string> groups, DateTimeOffset? expires = null)
    {
        // The builder encodes the parts in the reverse of the order in which they are added.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(user);
        foreach (var group in groups.Reverse())
        {
            subject.AddOrganizationName(group);
        }

        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        using var certificate = Sign(request, "1.3.6.1.5.5.7.3.2", Beginning, expires ?? End);
        return new ClientCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Whether this authority signed the certificate and it is valid at that time.</summary>
    public bool Accepts(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate);
    }

    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, string purpose, DateTimeOffset from, DateTimeOffset to)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var serial = BitConverter.GetBytes(IPAddress.HostToNetworkOrder(Interlocked.Increment(ref _serial)));
        return request.Create(_certificate, from, to, serial);
    }
}
