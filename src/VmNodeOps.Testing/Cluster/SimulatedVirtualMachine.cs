namespace VmNodeOps.Testing;

/// <summary>A virtual machine to be there when the cluster starts, running if its strategy says so.</summary>
public sealed record SimulatedVirtualMachine
{
    /// <summary>The machine's name, and its instance's.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace, made if need be.</summary>
    /// <value>Default <c>default</c>.</value>
    public string Namespace { get; init; } = "default";

    /// <summary>What stands behind its instance.</summary>
    /// <value>A VirtualMachine.</value>
    public SimulatedOwner Owner { get; init; }

    /// <summary>When it should run.</summary>
    /// <value>Always.</value>
    public SimulatedRunStrategy RunStrategy { get; init; }

    /// <summary>What an eviction means to it; null leaves it to the cluster's default.</summary>
    public SimulatedEvictionStrategy? EvictionStrategy { get; init; }

    /// <summary>The node on which it starts; null leaves it to the scheduler. Nothing of this shows in its spec.</summary>
    public string? Node { get; init; }

    /// <summary>How many instances a replica set keeps.</summary>
    /// <value>One.</value>
    public int Replicas { get; init; } = 1;

    /// <summary>Its disks; without any it runs from its image alone.</summary>
    public IReadOnlyList<SimulatedVolume> Volumes { get; init; } = [];

    /// <summary>How its guest behaves.</summary>
    public GuestBehavior Behavior { get; init; } = new();

    /// <summary>Whether it starts paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How long its guest may take to shut down before it is destroyed; the pod's grace is 30 s longer.</summary>
    /// <value>30 s.</value>
    public TimeSpan TerminationGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The guest's memory, as a Kubernetes quantity.</summary>
    /// <value>Default <c>64Mi</c>.</value>
    public string Memory { get; init; } = "64Mi";

    /// <summary>Labels of machine and instance.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of machine and instance.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The priority class of its launcher pods.</summary>
    public string? PriorityClass { get; init; }

    /// <summary>Nodes that it may run on, by label.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>The instance's <c>spec.affinity</c> as JSON; null for none.</summary>
    public string? AffinityJson { get; init; }

    /// <summary>Puts it into a namespace.</summary>
    public SimulatedVirtualMachine In(string ns) => this with { Namespace = ns };

    /// <summary>Starts it on a node.</summary>
    public SimulatedVirtualMachine On(string node) => this with { Node = node };

    /// <summary>Sets when it should run.</summary>
    public SimulatedVirtualMachine Run(SimulatedRunStrategy strategy) => this with { RunStrategy = strategy };

    /// <summary>Sets what an eviction means to it.</summary>
    public SimulatedVirtualMachine Evict(SimulatedEvictionStrategy strategy) => this with { EvictionStrategy = strategy };

    /// <summary>An eviction migrates it.</summary>
    public SimulatedVirtualMachine LiveMigrate() => Evict(SimulatedEvictionStrategy.LiveMigrate);

    /// <summary>It stands alone, without a VirtualMachine.</summary>
    public SimulatedVirtualMachine Standalone() => this with { Owner = SimulatedOwner.None };

    /// <summary>It cannot be live-migrated, for that reason.</summary>
    public SimulatedVirtualMachine NotMigratable(string reason = "HostDeviceNotLiveMigratable", string message = "VMI uses a PCI host devices") =>
        this with { Behavior = Behavior with { NotMigratableReason = reason, NotMigratableMessage = message } };

    /// <summary>Changes how its guest behaves.</summary>
    public SimulatedVirtualMachine Behave(Func<GuestBehavior, GuestBehavior> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with { Behavior = change(Behavior) };
    }

    /// <summary>Adds a disk.</summary>
    /// <param name="name">Its name in the machine.</param>
    /// <param name="shared">Whether several nodes may have it at once.</param>
    /// <param name="hotplugged">Whether it is hotplugged.</param>
    public SimulatedVirtualMachine WithDisk(string name = "disk", bool shared = false, bool hotplugged = false) =>
        this with { Volumes = [.. Volumes, new SimulatedVolume { Name = name, IsShared = shared, IsHotplugged = hotplugged }] };

    /// <summary>Adds a label.</summary>
    public SimulatedVirtualMachine WithLabel(string key, string value) =>
        this with { Labels = new Dictionary<string, string>(Labels) { [key] = value } };

    /// <summary>Adds an annotation.</summary>
    public SimulatedVirtualMachine WithAnnotation(string key, string value) =>
        this with { Annotations = new Dictionary<string, string>(Annotations) { [key] = value } };

    /// <summary>Whether it runs when the cluster has started.</summary>
    internal bool ShouldRun => Owner is SimulatedOwner.None or SimulatedOwner.ReplicaSet || RunStrategy != SimulatedRunStrategy.Halted;
}
