namespace VmNodeOps;

/// <summary>Which cluster a registration of <c>AddNodeMaintenance</c> acts on, and how. Bound from configuration or set in code.</summary>
/// <remarks>
/// As a configuration section, with a key for each member:
/// <code>
/// "Clusters": { "East": { "Kubeconfig": "/etc/vmnodeops/east.yaml", "Context": "admin@east", "Maintenance": { "Timeout": "00:30:00" } } }
/// </code>
/// A key that is none of these is refused, so that a misspelled one does not pass for its default. The members can be set, unlike those of other
/// options here, because <c>Configure</c> works that way.
/// </remarks>
public sealed class ClusterConnectionOptions
{
    /// <summary>The kubeconfig file.</summary>
    /// <value>Null: what kubectl would use, that is KUBECONFIG, then <c>~/.kube/config</c>, then the service account of the pod.</value>
    public string? Kubeconfig { get; set; }

    /// <summary>The context of the kubeconfig.</summary>
    /// <value>Null: its current context.</value>
    public string? Context { get; set; }

    /// <summary>What holds for runs that do not say otherwise with <see cref="NodeMaintenance.With"/>.</summary>
    /// <value>The library's defaults.</value>
    public MaintenanceOptions Maintenance { get; set; } = new();
}
