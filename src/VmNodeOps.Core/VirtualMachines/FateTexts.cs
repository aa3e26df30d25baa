using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a fate means, in words for plans.</summary>
internal static class FateTexts
{
    /// <summary>What an eviction leads to.</summary>
    public static string OfEviction(NodeMachine machine, VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.Migrates => "KubeVirt migrates it live to another node; the guest runs on.",
        VirtualMachineFate.Blocks => $"Eviction strategy LiveMigrate, but it cannot be migrated: {WhyNotMigratable(machine.Instance)}.",
        VirtualMachineFate.External => "Eviction strategy External: KubeVirt marks it, and a controller outside KubeVirt has to move it.",
        VirtualMachineFate.OrphanLauncher => "Its instance is gone; KubeVirt refuses to evict the pod that is left.",
        VirtualMachineFate.Unaffected => $"It runs on {machine.Instance?.NodeName ?? "another node"}; only a pod of a migration is here.",
        VirtualMachineFate.AlreadyEnding => "It has ended, or is being deleted.",
        _ => $"Its guest is shut down. {Afterwards(machine, fate)}",
    };

    /// <summary>What the loss of the node leads to.</summary>
    public static string OfLoss(NodeMachine machine, VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.OrphanLauncher => "Its instance is gone; only the pod is left.",
        VirtualMachineFate.Unaffected => $"It runs on {machine.Instance?.NodeName ?? "another node"}; only a pod of a migration is here.",
        VirtualMachineFate.AlreadyEnding => "It has ended, or is being deleted.",
        _ => $"Its guest died with the node. {Afterwards(machine, fate)}",
    };

    /// <summary>What somebody should know before it happens, and what would change it; null for a fate that harms nobody.</summary>
    public static (string Code, string Message, string Lift)? Concern(NodeMachine machine, VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.StaysDown or VirtualMachineFate.RestartsOnlyIfKilled => (
            fate.ToString(), Afterwards(machine, fate), $"Migrate it before, or start it afterwards: {StartCommand(machine.Name, machine.Machine?.RunStrategy)}."),
        VirtualMachineFate.WouldBeLost => ("WouldBeLost", Afterwards(machine, fate), "Migrate it before, or make a virtual machine of it."),
        VirtualMachineFate.ReplacedUnderNewName => ("ReplacedUnderNewName", Afterwards(machine, fate), ""),
        VirtualMachineFate.Blocks => (
            "NotMigratable",
            $"It is to be migrated live (eviction strategy LiveMigrate) but cannot be: {WhyNotMigratable(machine.Instance)}. The node will not become empty.",
            $"Make it migratable, or set another eviction strategy, or shut it down: virtctl stop -n {machine.Name.Namespace} {machine.Name.Name}."),
        VirtualMachineFate.External => ("External", "KubeVirt does not move it (eviction strategy External).", "Make sure that its own controller runs and moves it."),
        VirtualMachineFate.OrphanLauncher => (
            "OrphanLauncher",
            "Its instance is gone and only a pod is left, whose eviction KubeVirt refuses.",
            $"Make sure that no guest runs in it, then delete it: kubectl delete pod -n {machine.Name.Namespace} {string.Join(' ', machine.Pods.Select(pod => pod.Pod.Name.Name))}."),
        _ => null,
    };

    /// <summary>What starts a machine by hand. KubeVirt refuses that for strategy Once; without its ended instance such a machine starts again.</summary>
    public static string StartCommand(ObjectName name, RunStrategy? strategy) => strategy == RunStrategy.Once
        ? $"kubectl delete vmi -n {name.Namespace} {name.Name}"
        : $"virtctl start -n {name.Namespace} {name.Name}";

    private static string Afterwards(NodeMachine machine, VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.RestartsElsewhere => $"KubeVirt starts it on another node (run strategy {machine.Machine?.RunStrategy}).",
        VirtualMachineFate.RestartsOnlyIfKilled => "It stays down: run strategy RerunOnFailure starts again only what failed.",
        VirtualMachineFate.StaysDown => $"It stays down (run strategy {machine.Machine?.RunStrategy}).",
        VirtualMachineFate.ReplacedUnderNewName => $"Its replica set {machine.Instance?.Controller?.Name} makes another one under a new name.",
        VirtualMachineFate.WouldBeLost => "No virtual machine stands behind this instance, so nobody starts it again.",
        _ => "",
    };

    private static string WhyNotMigratable(VirtualMachineInstance? instance) => instance?.FindCondition("LiveMigratable") is { } condition
        ? $"{condition.Reason}: {condition.Message}".Trim(' ', ':').TrimEnd('.')
        : "KubeVirt has not told that it can be";
}
