using k8s.Authentication;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>Tokens of a given configuration's own provider, which keeps and renews them itself.</summary>
internal sealed class TokenProviderSource(ITokenProvider provider, ClientCertificate? certificate) : ICredentialSource
{
    private Credential? _current;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        var header = await provider.GetAuthenticationHeaderAsync(cancellationToken).ConfigureAwait(false);
        var current = _current;
        if (current is null || current.Token != header.Parameter)
        {
            _current = current = new Credential(header.Parameter, certificate);
        }

        return current;
    }

    public void Reject(Credential credential)
    {
        // The provider offers no way to be told; the next call asks it again in any case.
    }
}
