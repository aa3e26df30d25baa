using System.Globalization;

namespace VmNodeOps.Testing;

/// <summary>A version of KubeVirt, as far as it changes what a client sees of evictions and migrations.</summary>
/// <remarks>Read from KubeVirt's sources at the tags named; versions between them behave like the one below.</remarks>
public sealed record KubeVirtProfile
{
    private readonly Version _version;

    private KubeVirtProfile(string version)
    {
        Name = version;
        _version = Version.Parse(version.Contains('.', StringComparison.Ordinal) ? version : version + ".0");
    }

    /// <summary>1.2: evictions as in 1.3, but the webhook allows the first one and the budget answers it.</summary>
    public static KubeVirtProfile Version12 { get; } = new("1.2.0");

    /// <summary>1.3: a budget per instance answers evictions of a marked instance; no way to cancel an evacuation.</summary>
    public static KubeVirtProfile Version13 { get; } = new("1.3.0");

    /// <summary>1.5: the webhook answers every eviction itself and fails closed; the budgets still exist.</summary>
    public static KubeVirtProfile Version15 { get; } = new("1.5.0");

    /// <summary>1.7: no budgets per instance, hotplug pods are guarded, evacuations can be cancelled.</summary>
    public static KubeVirtProfile Version17 { get; } = new("1.7.0");

    /// <summary>1.9: as 1.7, and evacuations queue by priority.</summary>
    public static KubeVirtProfile Version19 { get; } = new("1.9.0");

    /// <summary>The version, as KubeVirt reports it without the leading v.</summary>
    public string Name { get; }

    /// <summary>Before 1.3 the first eviction of a migratable instance is marked and left to the budget.</summary>
    internal bool FirstEvictionIsLeftToBudget => _version < new Version(1, 3);

    /// <summary>Up to 1.4 evictions of a marked instance are left to the budget.</summary>
    internal bool MarkedEvictionIsLeftToBudget => _version < new Version(1, 5);

    /// <summary>Up to 1.5 there is a budget per instance.</summary>
    internal bool HasInstanceBudgets => _version < new Version(1, 6);

    /// <summary>Since 1.5 an eviction fails when the webhook cannot be reached; before that it passed.</summary>
    internal bool EvictionFailsClosed => _version >= new Version(1, 5);

    /// <summary>Since 1.7 hotplug attachment pods are guarded.</summary>
    internal bool GuardsHotplugPods => _version >= new Version(1, 7);

    /// <summary>Since 1.7 there is <c>evacuate/cancel</c>.</summary>
    internal bool CanCancelEvacuation => _version >= new Version(1, 7);

    /// <summary>Since 1.6 a migration may name nodes, or come from another cluster.</summary>
    internal bool MigrationsNameNodes => _version >= new Version(1, 6);

    /// <summary>Since 1.7 a migration has a priority.</summary>
    internal bool MigrationsHavePriority => _version >= new Version(1, 7);

    /// <summary>The members of a migration's spec that the schema of this version has.</summary>
    internal IReadOnlySet<string> MigrationSpecFields
    {
        get
        {
            var fields = new HashSet<string> { "vmiName" };
            fields.UnionWith(MigrationsNameNodes ? ["addedNodeSelector", "receive", "sendTo"] : []);
            fields.UnionWith(MigrationsHavePriority ? ["priority"] : []);
            return fields;
        }
    }

    /// <summary>Since 1.9 all migrations of an evacuation are made at once and queue by priority; before, only as many as may run.</summary>
    internal bool QueuesByPriority => _version >= new Version(1, 9);

    /// <summary>Since 1.3 virt-api and virt-controller are placed on control-plane nodes.</summary>
    internal bool PlacesOnControlPlane => _version >= new Version(1, 3);

    /// <summary>Seconds per GiB after which a migration is given up.</summary>
    internal int CompletionTimeoutPerGiB => _version < new Version(1, 4) ? 800 : 150;

    /// <summary>The profile of any version from 1.2 on, such as <c>1.8.2</c>.</summary>
    /// <exception cref="ArgumentException">It is no version, or older than 1.2.</exception>
    public static KubeVirtProfile Of(string version)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        var text = version.TrimStart('v');
        if (!Version.TryParse(text, out var parsed) || parsed < new Version(1, 2))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"'{version}' is no KubeVirt version from 1.2 on."), nameof(version));
        }

        return new KubeVirtProfile(text);
    }

    /// <inheritdoc/>
    public override string ToString() => "KubeVirt " + Name;
}
