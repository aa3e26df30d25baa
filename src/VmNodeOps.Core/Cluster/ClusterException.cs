namespace VmNodeOps.Cluster;

/// <summary>The server refused a call, or could not be asked.</summary>
/// <remarks><see cref="Exception.Message"/> is one paragraph for a person: what was wanted, of which object, what stood against it, and what lifts it.</remarks>
public sealed class ClusterException : Exception
{
    /// <summary>Makes an exception with no cause known.</summary>
    public ClusterException()
    {
    }

    /// <summary>Makes an exception with no cause known.</summary>
    public ClusterException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with no cause known.</summary>
    public ClusterException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception.</summary>
    public ClusterException(ClusterErrorCause cause, string message, Exception? innerException = null)
        : base(message, innerException) => Cause = cause;

    /// <summary>What stood against it. Default <see cref="ClusterErrorCause.Unknown"/>.</summary>
    public ClusterErrorCause Cause { get; init; }

    /// <summary>What the server itself said; null if it said nothing.</summary>
    public ServerStatus? Status { get; init; }

    /// <summary>
    /// Whether a write may have been carried out although no answer says so: the connection broke, or time ran out, after it was sent. Default false. Reads leave it false.
    /// </summary>
    public bool MayHaveBeenApplied { get; init; }
}

/// <summary>Why a call failed.</summary>
public enum ClusterErrorCause
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>No such object, or another one under that name by now (404).</summary>
    NotFound,

    /// <summary>An object of that name is there already (409 AlreadyExists).</summary>
    AlreadyExists,

    /// <summary>The object has changed since it was read, or is not the one that was meant: a UID or resource version did not hold (409).</summary>
    Conflict,

    /// <summary>The server does not know who calls (401).</summary>
    Unauthorized,

    /// <summary>The caller lacks the right (403).</summary>
    Forbidden,

    /// <summary>The request is malformed or breaks a rule of the object (400, 422).</summary>
    Invalid,

    /// <summary>The server asks to come back later (429).</summary>
    TooManyRequests,

    /// <summary>The moment that was asked for is no longer kept (410).</summary>
    Expired,

    /// <summary>The server failed inside (5xx).</summary>
    ServerError,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No connection could be made: host unknown, refused, no route.</summary>
    Unreachable,

    /// <summary>The connection broke before the answer was whole.</summary>
    ConnectionLost,

    /// <summary>The server's certificate does not fit, or the client's was refused.</summary>
    Tls,

    /// <summary>What answered is not a Kubernetes API server, or not one with KubeVirt.</summary>
    NotKubernetes,

    /// <summary>The kubeconfig or another setting is wrong.</summary>
    BadConfiguration,

    /// <summary>This implementation, or this version of the server, cannot do it.</summary>
    Unsupported,
}
