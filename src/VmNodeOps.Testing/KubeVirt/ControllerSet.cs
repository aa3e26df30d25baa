using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The controllers of virt-controller with their queues, and which change wakes which.</summary>
internal sealed class ControllerSet
{
    private readonly KubeVirtWorld _world;
    private readonly InstanceController _instanceController;
    private readonly WorkQueue _machines;
    private readonly WorkQueue _instances;
    private readonly WorkQueue _migrations;
    private readonly WorkQueue _evacuations;
    private readonly WorkQueue _nodes;
    private readonly WorkQueue _sets;
    private readonly WorkQueue _budgets;

    public ControllerSet(KubeVirtWorld world, Func<bool> isActive)
    {
        _world = world;
        var time = world.Time;
        _machines = new WorkQueue(time, isActive, new MachineController(world, (key, delay) => _machines!.EnqueueAfter(key, delay)).Reconcile);
        _instanceController = new InstanceController(world);
        _instances = new WorkQueue(time, isActive, _instanceController.Reconcile);
        _migrations = new WorkQueue(time, isActive, new MigrationController(world, (key, delay) => _migrations!.EnqueueAfter(key, delay)).Reconcile);
        _evacuations = new WorkQueue(time, isActive, new EvacuationController(world, (key, delay) => _evacuations!.EnqueueAfter(key, delay)).Reconcile);
        _nodes = new WorkQueue(time, isActive, new NodeController(world).Reconcile);
        _sets = new WorkQueue(time, isActive, new ReplicaSetController(world).Reconcile);
        _budgets = new WorkQueue(time, isActive, new InstanceBudgetController(world).Reconcile);
    }

    public IEnumerable<IDisposable> Observe() =>
    [
        _world.Api.Observe(ResourceTypes.VirtualMachines, change => _machines.Enqueue(KeyOf(change.Object))),
        _world.Api.Observe(ResourceTypes.VirtualMachineInstances, OnInstance),
        _world.Api.Observe(ResourceTypes.VirtualMachineInstanceMigrations, OnMigration),
        _world.Api.Observe(ResourceTypes.VirtualMachineInstanceReplicaSets, change => _sets.Enqueue(KeyOf(change.Object))),
        _world.Api.Observe(ResourceTypes.Pods, OnPod),
        _world.Api.Observe(ResourceTypes.Nodes, OnNode),
        _world.Api.Observe(ResourceTypes.PersistentVolumeClaims, OnClaim),
        _world.Api.Observe(ResourceTypes.KubeVirts, _ => WakePending()),
    ];

    /// <summary>A new leader lists everything, and remembers no failures.</summary>
    public void EnqueueEverything()
    {
        foreach (var queue in new[] { _machines, _instances, _migrations, _evacuations, _nodes, _sets, _budgets })
        {
            queue.Forget();
        }

        EnqueueAll(_machines, ResourceTypes.VirtualMachines);
        EnqueueAll(_instances, ResourceTypes.VirtualMachineInstances);
        EnqueueAll(_budgets, ResourceTypes.VirtualMachineInstances);
        EnqueueAll(_migrations, ResourceTypes.VirtualMachineInstanceMigrations);
        EnqueueAll(_sets, ResourceTypes.VirtualMachineInstanceReplicaSets);
        foreach (var node in _world.Api.List(ResourceTypes.Nodes))
        {
            _evacuations.Enqueue(node.Name);
            _nodes.Enqueue(node.Name);
        }
    }

    /// <summary>Once a minute every node's heartbeat is looked at, and nodes that only instances know of.</summary>
    public void CheckNodes()
    {
        var named = _world.Api.List(ResourceTypes.VirtualMachineInstances).Select(instance => instance.Label(Names.NodeName)).OfType<string>();
        foreach (var node in _world.Api.List(ResourceTypes.Nodes).Select(node => node.Name).Union(named, StringComparer.Ordinal))
        {
            _nodes.Enqueue(node);
        }
    }

    private static string KeyOf(StoredObject stored) => Names.Key(stored.Namespace, stored.Name);

    private void EnqueueAll(WorkQueue queue, ResourceType type)
    {
        foreach (var stored in _world.Api.List(type))
        {
            queue.Enqueue(KeyOf(stored));
        }
    }

    private void OnInstance(ObjectChange change)
    {
        var instance = change.Object;
        var key = KeyOf(instance);
        _instances.Enqueue(key);
        _machines.Enqueue(key);
        _budgets.Enqueue(key);
        if (instance.Owner() is { } owner && owner.Text("kind") == "VirtualMachineInstanceReplicaSet")
        {
            _sets.Enqueue(Names.Key(instance.Namespace, owner.Text("name")!));
        }

        if (instance.NodeName is { } node)
        {
            _evacuations.Enqueue(node);
        }

        foreach (var migration in Migrations.Of(_world, instance.Namespace, instance.Name)
            .Where(migration => change.Kind == ChangeKind.Deleted || !InstancePhase.IsFinal(migration)))
        {
            _migrations.Enqueue(KeyOf(migration));
        }
    }

    private void OnMigration(ObjectChange change)
    {
        var migration = change.Object;
        _migrations.Enqueue(KeyOf(migration));
        _budgets.Enqueue(Names.Key(migration.Namespace, migration.Json.Text("spec.vmiName") ?? ""));
        if (Migrations.SourceNode(_world, migration) is { } node)
        {
            _evacuations.Enqueue(node);
        }

        if (change.Kind == ChangeKind.Deleted || (InstancePhase.IsFinal(migration) && change.Previous is { } previous && !InstancePhase.IsFinal(previous)))
        {
            WakePending();
        }
    }

    /// <summary>A place may have become free.</summary>
    private void WakePending()
    {
        foreach (var waiting in _world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations)
            .Where(migration => InstancePhase.Of(migration) is null or "Pending"))
        {
            _migrations.Enqueue(KeyOf(waiting));
        }
    }

    private void OnPod(ObjectChange change)
    {
        var pod = change.Object;
        if (pod.Label(Names.Component) == Names.HotplugDisk)
        {
            if (pod.Annotation("kubevirt.io/owner-vmi-name") is { } owner)
            {
                _instances.Enqueue(Names.Key(pod.Namespace, owner));
            }

            return;
        }

        if (pod.Label(Names.Component) != Names.Launcher || pod.Annotation(Names.Domain) is not { } domain)
        {
            return;
        }

        if (change.Kind == ChangeKind.Modified && pod.IsDeleting)
        {
            _instanceController.SawTerminating(Names.Key(pod.Namespace, domain));
        }

        _instances.Enqueue(Names.Key(pod.Namespace, domain));
        _machines.Enqueue(Names.Key(pod.Namespace, domain));
        _budgets.Enqueue(Names.Key(pod.Namespace, domain));
        if (pod.Annotation(Names.MigrationJobName) is { } migration)
        {
            _migrations.Enqueue(Names.Key(pod.Namespace, migration));
        }

        if (_world.Api.Get(ResourceTypes.VirtualMachineInstances, pod.Namespace, domain)?.NodeName is { } node)
        {
            _evacuations.Enqueue(node);
        }
    }

    private void OnNode(ObjectChange change)
    {
        if (change.Kind == ChangeKind.Deleted || change.Previous is null
            || change.Object.Json["spec"]?["taints"]?.ToJsonString() != change.Previous.Json["spec"]?["taints"]?.ToJsonString())
        {
            _evacuations.Enqueue(change.Object.Name);
            _nodes.Enqueue(change.Object.Name);
        }
    }

    private void OnClaim(ObjectChange change)
    {
        if (change.Kind != ChangeKind.Added)
        {
            return;
        }

        foreach (var waiting in _world.Api.List(ResourceTypes.VirtualMachineInstances, change.Object.Namespace)
            .Where(instance => InstancePhase.Of(instance) is null or "Pending"))
        {
            _instances.Enqueue(KeyOf(waiting));
        }
    }
}
