using Microsoft.AspNetCore.WebUtilities;

namespace VmNodeOps.Testing.Hosting;

/// <summary>What a request line asks for, read as an API server reads it.</summary>
/// <remarks>
/// The path is taken as sent, percent escapes decoded (an escaped slash separates like any other), and nothing is tidied up: an empty name is an
/// empty name, and what follows <c>..</c> is a name. A slash at the end is not seen, so that <c>DELETE …/pods/</c> deletes the collection.
/// </remarks>
internal sealed record RequestTarget
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    public string QueryText { get; init; } = "";

    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>The verb of RBAC; for what is no resource the method in lower case.</summary>
    public string Verb { get; init; } = "";

    public bool IsResource { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string? Namespace { get; init; }

    public string Resource { get; init; } = "";

    /// <summary>Null if the path ends before it; empty if the path has an empty part there.</summary>
    public string? Name { get; init; }

    public string? Subresource { get; init; }

    /// <summary>The name in the path or, for a list of one by field selector, the name selected: rights by resource name know both.</summary>
    public string? NameForRights { get; init; }

    /// <summary>Reads a request line; null for a path that cannot be decoded.</summary>
    public static RequestTarget? Parse(string method, string rawTarget)
    {
        var mark = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var rawPath = mark < 0 ? rawTarget : rawTarget[..mark];
        var queryText = mark < 0 ? "" : rawTarget[(mark + 1)..];
        if (!IsWellEscaped(rawPath))
        {
            return null;
        }

        var target = new RequestTarget
        {
            Method = method,
            Path = Uri.UnescapeDataString(rawPath),
            QueryText = queryText,
            Query = ParseQuery(queryText),
            Verb = method == "HEAD" ? "get" : method.ToLowerInvariant(),
        };
        return target.WithResource();
    }

    private RequestTarget WithResource()
    {
        var parts = Path.Trim('/').Split('/');
        var isCore = parts[0] == "api";
        if ((!isCore && parts[0] != "apis") || parts.Length < (isCore ? 3 : 4))
        {
            return this;
        }

        var group = isCore ? "" : parts[1];
        var version = isCore ? parts[1] : parts[2];
        var rest = parts.AsSpan(isCore ? 2 : 3);
        string? ns = null;
        if (rest[0] == "namespaces" && rest.Length > 1)
        {
            ns = rest[1];
            // namespaces/x/status is about the namespace, namespaces/x/pods about pods.
            if (rest.Length > 2 && rest[2] is not ("status" or "finalize"))
            {
                rest = rest[2..];
            }
        }

        var name = rest.Length > 1 ? rest[1] : null;
        var verb = VerbOf(name);
        return this with
        {
            IsResource = true,
            Group = group,
            Version = version,
            Namespace = ns,
            Resource = rest[0],
            Name = name,
            Subresource = rest.Length > 2 ? string.Join('/', rest[2..].ToArray()) : null,
            Verb = verb,
            NameForRights = name ?? (verb is "list" or "watch" or "deletecollection" ? SelectedName() : null),
        };
    }

    private string VerbOf(string? name) => Method switch
    {
        "GET" or "HEAD" when name is null => IsSet("watch") ? "watch" : "list",
        "GET" or "HEAD" => "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" when name is null => "deletecollection",
        "DELETE" => "delete",
        _ => Method.ToLowerInvariant(),
    };

    // As the server converts a query parameter to a truth: everything but these is true, the empty text included.
    private bool IsSet(string parameter) =>
        Query.TryGetValue(parameter, out var value) && !(value == "0" || value.Equals("false", StringComparison.OrdinalIgnoreCase));

    private string? SelectedName()
    {
        const string prefix = "metadata.name=";
        return Query.GetValueOrDefault("fieldSelector", "").Split(',')
            .Where(part => part.StartsWith(prefix, StringComparison.Ordinal))
            .Select(part => part[prefix.Length..].TrimStart('='))
            .FirstOrDefault();
    }

    private static Dictionary<string, string> ParseQuery(string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in QueryHelpers.ParseQuery(text))
        {
            // The first of several counts.
            query[name] = values[0] ?? "";
        }

        return query;
    }

    private static bool IsWellEscaped(string path)
    {
        for (var at = path.IndexOf('%', StringComparison.Ordinal); at >= 0; at = path.IndexOf('%', at + 1))
        {
            if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2]))
            {
                return false;
            }
        }

        return true;
    }
}
