namespace VmNodeOps;

/// <summary>How a run keeps others from acting on the same node: a Lease of the coordination API, as medik8s' operators use it, so that they and we see each other.</summary>
/// <remarks>
/// The Lease is called <c>node-&lt;node name&gt;</c>, is owned by the Node, and is deleted at the end. It counts as held while its renewTime is not in the future and not older than its
/// duration. All times are the server's. Source: medik8s/common, package lease.
/// </remarks>
public sealed record NodeLockOptions
{
    /// <summary>The namespace of the Leases.</summary>
    /// <value><c>medik8s-leases</c>, which medik8s' operators use.</value>
    public string Namespace { get; init; } = "medik8s-leases";

    /// <summary>Whether to make the namespace if it is missing.</summary>
    /// <value>True.</value>
    public bool CreateNamespace { get; init; } = true;

    /// <summary>The namespace to use when the other one is missing and may not be made. Actors that look only into the other one do not see us there.</summary>
    /// <value>Null: refuse instead.</value>
    public string? FallbackNamespace { get; init; }

    /// <summary>How long the Lease holds after a renewal, in whole seconds; so long a node stays locked when its run dies. Renewed four times as often.</summary>
    /// <value>One minute.</value>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who holds the Lease, as others see it. Two runs with the same identity take each other for one: leave it empty unless you know that only one can live.</summary>
    /// <value>Empty: <c>vmnodeops/</c> with the machine's name and something unique for the run.</value>
    public string HolderIdentity { get; init; } = "";

    /// <summary>How long to wait for a node that another actor holds.</summary>
    /// <value>Zero: refuse as soon as it is known that the other one lives (<see cref="SilencePatience"/>).</value>
    public TimeSpan Patience { get; init; }

    /// <summary>
    /// How long to wait for a Lease to run out whose holder may have died: one that runs out by then is watched, and the first sign of its holder (it renews or releases the Lease) ends the wait.
    /// So the same command again goes on by itself after a run was killed.
    /// </summary>
    /// <value>A minute and a half. Zero: take every holder for alive.</value>
    public TimeSpan SilencePatience { get; init; } = TimeSpan.FromSeconds(90);
}
