namespace VmNodeOps.Testing.Guests;

/// <summary>A guest as its host runs it. <see cref="GuestRegistry"/> guards its changes.</summary>
internal sealed class GuestProcess(string ns, string name, string instanceUid, string podUid, string node, IReadOnlyList<string> disks)
{
    public string Namespace => ns;

    public string Name => name;

    public string InstanceUid => instanceUid;

    public string PodUid => podUid;

    public string Node => node;

    public IReadOnlyList<string> Disks { get; set; } = disks;

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public GuestEnd? End { get; set; }

    public bool IsPaused { get; set; }

    public Guest ToPublic() => new()
    {
        Namespace = ns,
        Name = name,
        InstanceUid = instanceUid,
        PodUid = podUid,
        Node = node,
        Disks = Disks,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        End = End,
        IsPaused = IsPaused,
    };
}
