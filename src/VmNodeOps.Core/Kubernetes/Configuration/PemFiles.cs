using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VmNodeOps.Kubernetes.Authentication;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>Certificates and keys as kubeconfigs carry them. What a parser says of a key never reaches a message.</summary>
internal static class PemFiles
{
    public static string Decode(string base64, string what)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw ConfigurationProblem.Of($"The data of {what} is not base64. Write the PEM text in base64, on one line.");
        }
    }

    public static string Read(string file, string what)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationProblem.Unreadable(file, what, $"The file {file} of {what}", problem);
        }
    }

    public static X509Certificate2Collection Certificates(string pem, string what)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException problem)
        {
            throw ConfigurationProblem.Of($"The data of {what} holds a certificate that cannot be read. Export it again as PEM.", problem);
        }

        return certificates.Count > 0
            ? certificates
            : throw ConfigurationProblem.Of($"The data of {what} holds no certificate. It must be PEM text with BEGIN CERTIFICATE.");
    }

    public static ClientCertificate Client(string certificatePem, string keyPem, string what)
    {
        var chain = Certificates(certificatePem, what);
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            if (OperatingSystem.IsWindows())
            {
                // Schannel cannot use a key that lives only in memory.
                using var ephemeral = certificate;
                certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            }

            chain.RemoveAt(0);
            return new ClientCertificate(certificate, chain);
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw ConfigurationProblem.Of($"The key of {what} is not a PEM key without password, or does not belong to the certificate. Export both again.");
        }
    }
}
