using System.Security.Cryptography.X509Certificates;
using VmNodeOps.Kubernetes.Authentication;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>How to reach one API server, and as whom.</summary>
internal sealed class ClusterConnection
{
    public required Uri Server { get; init; }

    /// <summary>Where these settings come from, for messages: <c>context "prod" of the kubeconfig /home/ops/.kube/config</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The certificates that may have signed the server's; null trusts what the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must carry, if it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    public Uri? Proxy { get; init; }

    public bool DisableCompression { get; init; }

    public ICredentialSource Credentials { get; init; } = FixedCredential.None;

    public Impersonation? Impersonation { get; init; }

    public override string ToString() => $"{Server} ({Origin})";
}

/// <summary>Whom to act as (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c> of a kubeconfig).</summary>
internal sealed record Impersonation(
    string User, string? Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra);
