using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>
/// What stands between the HTTP front and the stored objects: the front parses the URL, authenticates and authorizes, and writes the answer
/// out (plain, as a Table, or as metadata only); the handler does what the call says.
/// </summary>
internal interface IRestHandler
{
    /// <summary>Does the call.</summary>
    /// <exception cref="ApiErrorException">Refused, with the Status for the client.</exception>
    ApiAnswer Execute(ApiCall call);
}

/// <summary>One parsed request for a resource.</summary>
internal sealed record ApiCall
{
    /// <summary>get, list, watch, create, update, patch, delete or deletecollection: the verbs of RBAC.</summary>
    public required string Verb { get; init; }

    public required ResourceType Type { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Null for list, watch, create and deletecollection.</summary>
    public string? Name { get; init; }

    public string? Subresource { get; init; }

    /// <summary>Query parameters, decoded, by name.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The media type of the body without parameters; for a patch it tells the kind of patch.</summary>
    public string? ContentType { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>The User-Agent, which names the field manager of writes that name none.</summary>
    public string? UserAgent { get; init; }
}

/// <summary>Who calls, after authentication and impersonation.</summary>
internal sealed record UserInfo(string Name, IReadOnlyList<string> Groups);

/// <summary>What the front is to write out.</summary>
internal abstract record ApiAnswer;

/// <summary>One object of a served type.</summary>
internal sealed record ObjectAnswer(int StatusCode, StoredObject Object) : ApiAnswer;

/// <summary>A body that is no stored object: a Status, a review, a dry run's result; null where the answer has none, as of KubeVirt's subresources.</summary>
internal sealed record JsonAnswer(int StatusCode, JsonObject? Body) : ApiAnswer;

/// <summary>A list or a page of one.</summary>
internal sealed record ListAnswer(
    ResourceType Type, IReadOnlyList<StoredObject> Items, long Revision, string? Continue, long? RemainingItemCount) : ApiAnswer;

/// <summary>An open watch. The front reads until it ends, then completes the response; disposing it closes the watch.</summary>
internal sealed record WatchAnswer(ResourceType Type, IWatchStream Stream) : ApiAnswer;

/// <summary>The events of one watch. Time stands while an event waits to be read.</summary>
/// <remarks>An event counts as waiting until the next call of <see cref="ReadAsync"/> or the end of the stream, so that there is no gap between
/// the reader's taking it and its writing it out.</remarks>
internal interface IWatchStream : IDisposable
{
    /// <summary>The next event; null when the server ends the watch (time-out, or the client fell behind).</summary>
    ValueTask<WatchFrame?> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>One event: ADDED, MODIFIED, DELETED with an object, or BOOKMARK and ERROR with a body.</summary>
internal sealed record WatchFrame(string Type, StoredObject? Object, JsonObject? Body);
