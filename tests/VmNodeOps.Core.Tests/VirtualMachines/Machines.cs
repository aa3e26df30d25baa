using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.VirtualMachines;

/// <summary>Makes machines as KubeVirt shows them, for tests of pure rules.</summary>
internal static class Machines
{
    public const string Here = "worker-1";
    public const string There = "worker-2";
    public static readonly ObjectName Name = new("prod", "db");

    public static NodeMachine On(
        string node = Here,
        EvictionStrategy? eviction = null,
        RunStrategy? run = RunStrategy.Always,
        ConditionStatus? migratable = ConditionStatus.True,
        string ownerKind = "VirtualMachine",
        Func<VirtualMachineInstance, VirtualMachineInstance>? with = null)
    {
        var instance = Instance(node) with { EvictionStrategy = eviction };
        instance = instance with
        {
            Owners = ownerKind.Length == 0 ? [] : [new Owner { Kind = ownerKind, ApiVersion = "kubevirt.io/v1", Name = "db", Uid = "owner", IsController = true }],
            Conditions = migratable is { } status
                ? [.. instance.Conditions, new Condition { Type = "LiveMigratable", Status = status, Reason = "DisksNotLiveMigratable", Message = "PVC data is not shared" }]
                : instance.Conditions,
        };
        instance = with?.Invoke(instance) ?? instance;
        return InventoryReading.Join(Here, Name, [Pod()], instance, run is { } strategy && ownerKind == "VirtualMachine" ? Machine(strategy) : null);
    }

    public static VirtualMachineInstance Instance(string? node = Here, string uid = "vmi-1", InstancePhase phase = InstancePhase.Running, bool ready = true) => new()
    {
        Name = Name,
        Uid = uid,
        NodeName = node,
        Phase = phase,
        Conditions = [new Condition { Type = "Ready", Status = ready ? ConditionStatus.True : ConditionStatus.False, Reason = ready ? "" : "GuestNotRunning" }],
    };

    public static VirtualMachine Machine(RunStrategy strategy) => new() { Name = Name, Uid = "vm", RunStrategy = strategy };

    public static Pod Pod(string name = "virt-launcher-db-aaaaa", string instanceUid = "vmi-1", PodPhase phase = PodPhase.Running, string? job = null) => new()
    {
        Name = new ObjectName("prod", name),
        Uid = $"pod-{name}",
        NodeName = Here,
        Phase = phase,
        Labels = job is null
            ? new Dictionary<string, string> { ["kubevirt.io"] = "virt-launcher" }
            : new Dictionary<string, string> { ["kubevirt.io"] = "virt-launcher", ["kubevirt.io/migrationJobUID"] = job },
        Owners = [new Owner { Kind = "VirtualMachineInstance", ApiVersion = "kubevirt.io/v1", Name = "db", Uid = instanceUid, IsController = true }],
    };

    public static Migration Migration(MigrationPhase phase, string uid = "job-1") =>
        new() { Name = new ObjectName("prod", $"kubevirt-evacuation-{uid}"), Uid = uid, InstanceName = "db", Phase = phase };
}
