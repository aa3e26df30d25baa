namespace VmNodeOps.Testing.Hosts;

/// <summary>How a node looks when its kubelet registers it.</summary>
internal sealed record NodeShape
{
    public required string Name { get; init; }

    /// <summary>Beside those that every kubelet sets (hostname, os, arch).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Capacity and allocatable alike. The devices are those of KubeVirt's device plugin.</summary>
    public IReadOnlyDictionary<string, string> Capacity { get; init; } = new Dictionary<string, string>
    {
        ["cpu"] = "64",
        ["devices.kubevirt.io/kvm"] = "1k",
        ["devices.kubevirt.io/tun"] = "1k",
        ["devices.kubevirt.io/vhost-net"] = "1k",
        ["ephemeral-storage"] = "1Ti",
        ["memory"] = "256Gi",
        ["pods"] = "250",
    };
}
