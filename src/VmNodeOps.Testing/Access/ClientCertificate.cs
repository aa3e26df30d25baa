namespace VmNodeOps.Testing.Access;

/// <summary>A user's certificate, signed by the simulated cluster's authority, with its private key.</summary>
/// <param name="CertificatePem">The certificate, PEM.</param>
/// <param name="PrivateKeyPem">The PKCS#8 private key, PEM.</param>
public sealed record ClientCertificate(string CertificatePem, string PrivateKeyPem);
