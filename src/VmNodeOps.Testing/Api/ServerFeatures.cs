namespace VmNodeOps.Testing.Api;

/// <summary>What differs between server versions and set-ups; may be changed while the server runs.</summary>
internal sealed class ServerFeatures
{
    /// <summary>Whether watches may ask for initial events; off on older servers, which answer 422.</summary>
    public bool WatchList { get; set; } = true;

    /// <summary>How many events may wait for a watcher before the server ends its watch.</summary>
    public int WatchBuffer { get; set; } = 1000;

    /// <summary>
    /// The fields that a type's spec has, for <c>fieldValidation=Strict</c>, by qualified type name. Types that are not in it take any field.
    /// </summary>
    public Dictionary<string, IReadOnlySet<string>> KnownSpecFields { get; } = new(StringComparer.Ordinal);
}
