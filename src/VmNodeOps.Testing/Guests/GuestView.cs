using VmNodeOps.Testing.Guests;

namespace VmNodeOps.Testing;

/// <summary>What really runs on the hosts, whatever the API says. The only place where two copies of one machine can be seen.</summary>
/// <remarks>All members are thread-safe and give the picture of the moment.</remarks>
public sealed class GuestView
{
    private readonly GuestRegistry _registry;

    internal GuestView(GuestRegistry registry) => _registry = registry;

    /// <summary>The guests that run now, by namespace, name and start.</summary>
    public IReadOnlyList<Guest> Running => _registry.Snapshot(running: true);

    /// <summary>Every run there ever was, ended or not, in the order of their starts.</summary>
    public IReadOnlyList<Guest> History => _registry.Snapshot(running: false);

    /// <summary>Every time that two guests of one machine ran together, or two guests wrote one disk; empty if that never happened.</summary>
    public IReadOnlyList<GuestDouble> Doubles => _registry.Doubles;

    /// <summary>The guests of one machine that run now; more than one is a split brain.</summary>
    public IReadOnlyList<Guest> Of(string name, string ns = "default") =>
        [.. Running.Where(guest => guest.Name == name && guest.Namespace == ns)];

    /// <summary>The guests that run on one node's host now.</summary>
    public IReadOnlyList<Guest> On(string node) => [.. Running.Where(guest => guest.Node == node)];
}
