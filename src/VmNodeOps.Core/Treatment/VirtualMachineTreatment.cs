namespace VmNodeOps;

/// <summary>What a drain does about a virtual machine, by the <see cref="VirtualMachinePolicy"/>.</summary>
public enum VirtualMachineTreatment
{
    /// <summary>Goes on as KubeVirt's rules have it: its pod is evicted, and what follows is its <see cref="VirtualMachineFate"/>.</summary>
    Proceed,

    /// <summary>The run does not begin while such a machine is on the node; the plan names what lifts it.</summary>
    Refuse,

    /// <summary>It is left alone and runs on where it is; the node does not become empty.</summary>
    Skip,

    /// <summary>It is shut down as KubeVirt does it, before anything is evicted, and started on another node once the drain is done.</summary>
    ShutDownThenStart,

    /// <summary>It is shut down as KubeVirt does it, before anything is evicted, and started again when the node returns to service.</summary>
    ShutDownUntilReturn,
}

/// <summary>What treatments have in common.</summary>
internal static class Treatments
{
    public static bool ShutsDown(this VirtualMachineTreatment treatment) =>
        treatment is VirtualMachineTreatment.ShutDownThenStart or VirtualMachineTreatment.ShutDownUntilReturn;
}
