namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>Gives the credential of the moment. Thread-safe; cheap when nothing has changed.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential to use now; the same instance as long as nothing has changed.</summary>
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server did not accept this credential (401): the next call gets a fresh one, if this source can make one.</summary>
    void Reject(Credential credential);
}

/// <summary>A credential that never changes.</summary>
internal sealed class FixedCredential(Credential credential) : ICredentialSource
{
    /// <summary>Calls as nobody.</summary>
    public static FixedCredential None { get; } = new(new Credential(null, null));

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public void Reject(Credential credential)
    {
    }
}
