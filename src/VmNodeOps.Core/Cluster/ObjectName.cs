using System.Text.RegularExpressions;

namespace VmNodeOps.Cluster;

/// <summary>The name of an object, with its namespace if it lives in one.</summary>
/// <remarks>
/// Checked when made, because an empty or odd name in a URL means something else: <c>DELETE …/pods/</c> deletes every pod of a namespace. Names are
/// DNS-1123 subdomains (so a node may be called <c>1.1.1.211</c>), namespaces are DNS-1123 labels.
/// </remarks>
public readonly partial record struct ObjectName : IComparable<ObjectName>
{
    private readonly string? _name;

    /// <summary>Names a cluster-wide object.</summary>
    /// <exception cref="ArgumentException">The name is empty or not a DNS-1123 subdomain.</exception>
    public ObjectName(string name)
        : this(null, name)
    {
    }

    /// <summary>Names an object of a namespace, or with null a cluster-wide one.</summary>
    /// <exception cref="ArgumentException">The name is empty or not a DNS-1123 subdomain, or the namespace is not a DNS-1123 label.</exception>
    public ObjectName(string? ns, string name)
    {
        if (ns is not null && (ns.Length > 63 || !Label().IsMatch(ns)))
        {
            throw new ArgumentException(
                $"'{Printable(ns)}' is not the name of a namespace: use lower-case letters, digits and '-', beginning and ending with a letter or digit, at most 63 characters.",
                nameof(ns));
        }

        if (!IsValid(name))
        {
            throw new ArgumentException(
                $"'{Printable(name)}' is not the name of an object: use lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit, at most 253 characters.",
                nameof(name));
        }

        Namespace = ns;
        _name = name;
    }

    /// <summary>The namespace; null for a cluster-wide object.</summary>
    public string? Namespace { get; }

    /// <summary>The name within the namespace.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default(ObjectName)</c>, which names nothing.</exception>
    public string Name => _name ?? throw new InvalidOperationException("This ObjectName was never given a name.");

    /// <summary>Whether a string can be the name of an object.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= 253 } && Subdomain().IsMatch(name);

    /// <summary>By namespace, then by name, in ordinal order.</summary>
    public int CompareTo(ObjectName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(_name, other._name);
    }

    /// <summary>Whether the first comes before the second.</summary>
    public static bool operator <(ObjectName left, ObjectName right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first comes after the second.</summary>
    public static bool operator >(ObjectName left, ObjectName right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first does not come after the second.</summary>
    public static bool operator <=(ObjectName left, ObjectName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first does not come before the second.</summary>
    public static bool operator >=(ObjectName left, ObjectName right) => left.CompareTo(right) >= 0;

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace is null ? _name ?? "" : $"{Namespace}/{_name}";

    private static string Printable(string? text) =>
        string.Concat((text ?? "").Take(80).Select(character => char.IsControl(character) ? '\uFFFD' : character));

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();
}
