using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Reads and joins what a <see cref="NodeInventory"/> holds.</summary>
internal static class InventoryReading
{
    /// <summary>Up to so many objects are read one by one, and up to so many namespaces are listed one by one; beyond, everything is listed once.</summary>
    private const int Few = 3;

    public static async Task<NodeInventory> ReadAsync(
        string nodeName, ClusterReads cluster, CancellationToken cancellationToken, MaintenanceJournal? journal = null)
    {
        // Pods before instances: an instance read later knows at least what its pod says.
        var listing = cluster.Pods.ListAsync(new Selection { NodeName = nodeName, Labels = LauncherPods.Selector }, cancellationToken);
        var reading = ReadKubeVirtAsync(cluster, cancellationToken);
        await Task.WhenAll(listing, reading).ConfigureAwait(false);
        var (pods, kubeVirt) = (await listing.ConfigureAwait(false), await reading.ConfigureAwait(false));
        if (kubeVirt is null)
        {
            return new NodeInventory
            {
                NodeName = nodeName,
                ServesKubeVirt = false,
                LauncherPods = pods,
                Instances = new Snapshot<VirtualMachineInstance> { Items = [], ResourceVersion = "" },
                Machines = Join(nodeName, pods.Items, [], [], []),
            };
        }

        var here = await cluster.VirtualMachineInstances.ListAsync(Selection.OnNode(nodeName), cancellationToken).ConfigureAwait(false);
        var names = here.Items.Select(instance => instance.Name).ToHashSet();
        var elsewhere = pods.Items.Select(LauncherPods.InstanceOf).OfType<ObjectName>()
            .Concat(journal?.Machines.Select(machine => machine.Name) ?? [])
            .Where(name => !names.Contains(name)).ToHashSet();
        var others = await ReadNamedAsync(cluster.VirtualMachineInstances, elsewhere, cancellationToken).ConfigureAwait(false);
        var instances = here.Items.Concat(others).OrderBy(instance => instance.Name).ToList();
        names.UnionWith(elsewhere);
        var machines = await ReadNamedAsync(cluster.VirtualMachines, names, cancellationToken).ConfigureAwait(false);
        return new NodeInventory
        {
            NodeName = nodeName,
            KubeVirt = kubeVirt.Count > 0 ? kubeVirt[0] : null,
            ServesKubeVirt = true,
            LauncherPods = pods,
            Instances = here with { Items = instances },
            Machines = Join(nodeName, pods.Items, instances, machines, journal?.Machines.Select(machine => machine.Name) ?? []),
            Journaled = journal?.Machines.ToDictionary(machine => machine.Name) ?? [],
        };
    }

    /// <summary>One machine, with what is known of it now; the same join for a plan and for what a watch tells later.</summary>
    public static NodeMachine Join(string nodeName, ObjectName name, IEnumerable<Pod> pods, VirtualMachineInstance? instance, VirtualMachine? machine)
    {
        var launchers = pods
            .OrderBy(pod => pod.Name)
            .Select(pod => new LauncherPod { Pod = pod, Role = LauncherPods.RoleOf(pod, instance) })
            .ToList();
        return new NodeMachine { NodeName = nodeName, Name = name, Instance = instance, Machine = Behind(instance, machine), Pods = launchers };
    }

    /// <summary>A cluster without KubeVirt answers 404 to its paths, in the plain text of no such path: nothing is wrong with such a cluster.</summary>
    /// <returns>The installations; null where KubeVirt is not served.</returns>
    private static async Task<IReadOnlyList<KubeVirtInstallation>?> ReadKubeVirtAsync(ClusterReads cluster, CancellationToken cancellationToken)
    {
        try
        {
            return (await cluster.KubeVirtInstallations.ListAsync(Selection.All, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (ClusterException exception)
            when (exception.Cause is ClusterErrorCause.NotFound or ClusterErrorCause.NotKubernetes or ClusterErrorCause.Unsupported)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<T>> ReadNamedAsync<T>(
        IClusterReader<T> reader, HashSet<ObjectName> names, CancellationToken cancellationToken)
        where T : ClusterObject
    {
        var found = new List<T>();
        if (names.Count <= Few)
        {
            foreach (var name in names.Order())
            {
                if (await reader.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } one)
                {
                    found.Add(one);
                }
            }

            return found;
        }

        var namespaces = names.Select(name => name.Namespace!).Distinct().Order(StringComparer.Ordinal).ToList();
        var selections = namespaces.Count <= Few ? namespaces.Select(Selection.InNamespace) : [Selection.All];
        foreach (var selection in selections)
        {
            var all = await reader.ListAsync(selection, cancellationToken).ConfigureAwait(false);
            found.AddRange(all.Items.Where(item => names.Contains(item.Name)));
        }

        return found;
    }

    private static List<NodeMachine> Join(
        string nodeName, IReadOnlyList<Pod> pods, IReadOnlyList<VirtualMachineInstance> instances, IReadOnlyList<VirtualMachine> machines,
        IEnumerable<ObjectName> others)
    {
        var podsOf = pods.ToLookup(LauncherPods.InstanceOf);
        var instanceOf = instances.ToDictionary(instance => instance.Name);
        var machineOf = machines.ToDictionary(machine => machine.Name);
        return [.. podsOf.Select(group => group.Key).OfType<ObjectName>()
            .Union(instances.Select(instance => instance.Name))
            .Union(others)
            .Order()
            .Select(name => Join(nodeName, name, podsOf[name], instanceOf.GetValueOrDefault(name), machineOf.GetValueOrDefault(name)))];
    }

    /// <summary>A machine and a lone instance may bear one name without belonging together.</summary>
    private static VirtualMachine? Behind(VirtualMachineInstance? instance, VirtualMachine? machine) =>
        instance is null || instance.Controller is { Kind: "VirtualMachine" } ? machine : null;
}
