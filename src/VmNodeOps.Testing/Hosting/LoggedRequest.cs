namespace VmNodeOps.Testing.Hosting;

/// <summary>One request that reached the simulated API server.</summary>
/// <remarks>It is in the log from the moment it arrives; what is known only later (status, bytes) is filled in then.</remarks>
public sealed class LoggedRequest
{
    private long _bytesOut;

    internal LoggedRequest()
    {
    }

    /// <summary>Counts the requests of this server, from 1.</summary>
    public long Number { get; internal init; }

    /// <summary>When it arrived, on the cluster's clock.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>When its answer was complete or cut, on the cluster's clock; null while it is under way.</summary>
    public DateTimeOffset? Ended { get; internal set; }

    /// <summary>The HTTP method.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>The path, percent escapes decoded.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The query as sent, without the question mark.</summary>
    public string Query { get; internal init; } = "";

    /// <summary>The verb as roles write it: get, list, watch, create, update, patch, delete, deletecollection.</summary>
    public string Verb { get; internal init; } = "";

    /// <summary>The API group; empty for the core group and for what is no resource.</summary>
    public string Group { get; internal init; } = "";

    /// <summary>The plural name of the resource; empty for what is no resource, as <c>/version</c>.</summary>
    public string Resource { get; internal init; } = "";

    /// <summary>The namespace in the path.</summary>
    public string? Namespace { get; internal init; }

    /// <summary>The object's name in the path.</summary>
    public string? Name { get; internal init; }

    /// <summary>The subresource: eviction, status, evacuate/cancel.</summary>
    public string? Subresource { get; internal init; }

    /// <summary>The user, after impersonation; empty if the credentials were not valid.</summary>
    public string User { get; internal set; } = "";

    /// <summary>The User-Agent header.</summary>
    public string? UserAgent { get; internal init; }

    /// <summary>The Authorization header as it was sent; null without one.</summary>
    /// <remarks>
    /// So that a test that plants a token and searches its client's output for it can see that the token was in use. It is nowhere else in the log: not in <see cref="Headers"/> and not in
    /// <see cref="ToString"/>.
    /// </remarks>
    public string? Authorization { get; internal init; }

    /// <summary>All headers but <see cref="Authorization"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; internal init; } = new Dictionary<string, string>();

    /// <summary>The beginning of the body, as text; empty without one.</summary>
    public string Body { get; internal set; } = "";

    /// <summary>The status code that was sent; 0 while there is none, and for ever if the connection was cut before.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>Whether it changed the cluster: a write that was not refused and no dry run, whether or not the client got the answer.</summary>
    public bool Applied { get; internal set; }

    /// <summary>The faults that were put upon it; null without.</summary>
    public string? Fault { get; internal set; }

    /// <summary>Bytes of the body received.</summary>
    public long BytesIn { get; internal set; }

    /// <summary>Bytes of the answer's body sent.</summary>
    public long BytesOut => Interlocked.Read(ref _bytesOut);

    /// <summary>Whether it asks for a change. Reviews of rights are sent by POST and change nothing.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD") && Group is not "authorization.k8s.io";

    /// <inheritdoc/>
    public override string ToString()
    {
        var query = Query.Length == 0 ? "" : $"?{Query}";
        var fault = Fault is null ? "" : $" [{Fault}]";
        return $"{Number} {Method} {Path}{query} -> {(StatusCode == 0 ? "no answer" : StatusCode)}{fault}";
    }

    internal void AddBytesOut(long count) => Interlocked.Add(ref _bytesOut, count);
}
