namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>What an exec plugin gave, and until when it holds; null means until refused.</summary>
internal sealed record ExecAnswer(Credential Credential, DateTimeOffset? ExpiresAt);

/// <summary>Runs a plugin when a credential is needed and none is held: once, however many requests wait for it.</summary>
internal sealed class ExecCredentialSource(Func<CancellationToken, Task<ExecAnswer>> run, TimeProvider time) : ICredentialSource
{
    /// <summary>A credential is not used in its last moments: the request must still arrive.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private ExecAnswer? _current;
    private Task<ExecAnswer>? _running;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        Task<ExecAnswer> running;
        lock (_gate)
        {
            if (_current is { } current && (current.ExpiresAt is not { } end || time.GetUtcNow() < end - Slack))
            {
                return current.Credential;
            }

            // The run belongs to nobody in particular: one impatient caller must not spoil it for the others. It has its own time limit.
            running = _running ??= Task.Run(RunAsync, CancellationToken.None);
        }

        return (await running.WaitAsync(cancellationToken).ConfigureAwait(false)).Credential;
    }

    public void Reject(Credential credential)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_current?.Credential, credential))
            {
                _current = null;
            }
        }
    }

    private async Task<ExecAnswer> RunAsync()
    {
        try
        {
            var answer = await run(CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                _current = answer;
            }

            return answer;
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}
