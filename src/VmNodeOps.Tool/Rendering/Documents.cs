namespace VmNodeOps.Tool.Rendering;

/// <summary>The JSON form of <c>vmnodeops nodes</c>.</summary>
internal sealed record NodeListDocument
{
    public int SchemaVersion { get; init; } = 1;

    public required IReadOnlyList<NodeDocument> Nodes { get; init; }
}

/// <summary>A node of a <see cref="NodeListDocument"/>.</summary>
internal sealed record NodeDocument
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>Ready, NotReady or Unknown.</summary>
    public required string Status { get; init; }

    public required bool Unschedulable { get; init; }

    public required bool ControlPlane { get; init; }

    public required string Kubelet { get; init; }

    /// <summary>How many run or are to run on it; left out where the cluster has no KubeVirt.</summary>
    public int? VirtualMachines { get; init; }
}

/// <summary>The JSON form of what <c>vmnodeops simulate</c> says when its cluster runs.</summary>
internal sealed record SimulationDocument
{
    public int SchemaVersion { get; init; } = 1;

    public required string Kubeconfig { get; init; }

    public required Uri Server { get; init; }
}

/// <summary>The JSON form of <c>vmnodeops simulate status</c>.</summary>
internal sealed record HostListDocument
{
    public int SchemaVersion { get; init; } = 1;

    public required IReadOnlyList<HostDocument> Hosts { get; init; }
}

/// <summary>A machine of a <see cref="HostListDocument"/>.</summary>
internal sealed record HostDocument
{
    public required string Node { get; init; }

    public required bool HasPower { get; init; }

    public required bool IsConnected { get; init; }
}

/// <summary>The JSON form of <c>vmnodeops vms NODE</c>.</summary>
internal sealed record MachineListDocument
{
    public int SchemaVersion { get; init; } = 1;

    public required string NodeName { get; init; }

    public required IReadOnlyList<MachineDocument> VirtualMachines { get; init; }
}

/// <summary>A virtual machine of a <see cref="MachineListDocument"/>.</summary>
internal sealed record MachineDocument
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Phase { get; init; }

    /// <summary>Paused, Migrating, Evacuating, Finished, BeingDeleted.</summary>
    public required IReadOnlyList<VirtualMachineTrait> Traits { get; init; }

    public required bool Ready { get; init; }

    public required bool LiveMigratable { get; init; }

    public required string EvictionStrategy { get; init; }

    public required string RunStrategy { get; init; }

    public required IReadOnlyList<string> PersistentVolumeClaims { get; init; }

    public required VirtualMachineFate WhenDrained { get; init; }

    public required VirtualMachineFate WhenNodeIsLost { get; init; }
}
