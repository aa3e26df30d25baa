using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What somebody should know of machines that do not come back by themselves, with what brings them back.</summary>
internal static class LossFindings
{
    /// <summary>The finding about a machine whose node is lost; null if it comes back, or was not concerned.</summary>
    public static Finding? Of(NodeMachine machine, VirtualMachineFate fate)
    {
        var (code, message, lift) = fate switch
        {
            VirtualMachineFate.StaysDown => ("StaysDown", $"It stays down (run strategy {machine.Machine?.RunStrategy}).", HowToStart(machine)),
            VirtualMachineFate.WouldBeLost => (
                "WouldBeLost",
                "No virtual machine stands behind this instance, so nobody starts it again.",
                "Make it anew from its manifest, best as a virtual machine; its disks are still there."),
            VirtualMachineFate.ReplacedUnderNewName => (
                "ReplacedUnderNewName", $"Its replica set {machine.Instance?.Controller?.Name} makes another one under a new name.", ""),
            _ => ("", "", ""),
        };
        return code.Length == 0 ? null : new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = code,
            Message = $"VM {machine.Name}: {message}",
            Lift = lift,
            Object = machine.Instance is { } instance ? Refer.To(instance) : null,
        };
    }

    private static string HowToStart(NodeMachine machine) => machine.Machine?.RunStrategy is RunStrategy.Manual or RunStrategy.Once
        ? $"To start it afterwards: {FateTexts.StartCommand(machine.Name, machine.Machine.RunStrategy)}"
        : "";
}
