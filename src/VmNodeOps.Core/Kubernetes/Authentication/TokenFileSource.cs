using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>A token in a file that somebody else renews: the kubelet for a pod, an agent for a person. Read again every minute, and when refused.</summary>
internal sealed class TokenFileSource(string file, string what, ClientCertificate? certificate, TimeProvider time) : ICredentialSource
{
    // The kubelet renews a token at four fifths of its life, which is at least ten minutes: a minute is soon enough.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Credential? _current;
    private long _readAt;

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is not null && time.GetElapsedTime(_readAt) < Freshness)
            {
                return ValueTask.FromResult(_current);
            }

            var token = Read();
            if (_current?.Token != token)
            {
                _current = new Credential(token, certificate);
            }

            _readAt = time.GetTimestamp();
            return ValueTask.FromResult(_current);
        }
    }

    public void Reject(Credential credential)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_current, credential))
            {
                _readAt = time.GetTimestamp() - (long)(Freshness.TotalSeconds * time.TimestampFrequency) - 1;
            }
        }
    }

    private string Read()
    {
        string token;
        try
        {
            token = File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationProblem.Unreadable(file, what, $"The token file {file} ({what})", problem);
        }

        return token.Length > 0 ? token : throw ConfigurationProblem.Of($"The token file {file} ({what}) is empty. Write a token into it.");
    }
}
