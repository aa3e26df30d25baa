namespace VmNodeOps.Cluster;

/// <summary>One very object: its name and its UID, so that another one made under the same name is never meant.</summary>
/// <remarks>Whatever changes or destroys takes one of these. The server compares the UID before it acts and answers 409 otherwise.</remarks>
public readonly record struct ObjectIdentity
{
    /// <summary>Identifies an object.</summary>
    /// <exception cref="ArgumentException">The UID is empty.</exception>
    public ObjectIdentity(ObjectName name, string uid)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uid);
        Name = name;
        Uid = uid;
    }

    /// <summary>The name and namespace.</summary>
    public ObjectName Name { get; }

    /// <summary><c>metadata.uid</c>.</summary>
    public string Uid { get; }

    /// <summary>Name and UID, as messages write it.</summary>
    public override string ToString() => $"{Name} (uid {Uid})";
}
