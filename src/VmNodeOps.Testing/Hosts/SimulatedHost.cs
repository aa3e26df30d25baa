namespace VmNodeOps.Testing.Hosts;

/// <summary>A machine under a node: it has power or not, reaches the API server or not, and runs processes whatever the API server believes.</summary>
public sealed class SimulatedHost
{
    internal SimulatedHost(string nodeName, string bootId)
    {
        NodeName = nodeName;
        BootId = bootId;
    }

    /// <summary>The node that this machine registers as.</summary>
    public string NodeName { get; }

    /// <summary>Whether the machine runs. Without power no process runs and no disk is held.</summary>
    public bool HasPower { get; internal set; } = true;

    /// <summary>Whether its kubelet and virt-handler reach the API server. A host that is cut off runs on: its guests write their disks.</summary>
    public bool IsConnected { get; internal set; } = true;

    /// <summary>Changes with each boot, like <c>status.nodeInfo.bootID</c>.</summary>
    public string BootId { get; internal set; }
}
