using System.CommandLine;
using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops vms NODE</c>: each virtual machine of a node, and what becomes of it when the node is drained or lost.</summary>
internal sealed class VmsCommand : Command
{
    private readonly ToolServices _services;
    private readonly NodeArgument _node = new();

    public VmsCommand(ToolServices services)
        : base("vms", "Lists the virtual machines of a node, and what becomes of each when the node is drained or lost.")
    {
        _services = services;
        Arguments.Add(_node);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var node = parsed.GetRequiredValue(_node);
        var inventory = await _services.ReadAsync(parsed, (cluster, token) => NodeInventory.ReadAsync(cluster, node, token), cancellationToken);
        var machines = inventory.Machines.Select(machine => Describe(machine, inventory.KubeVirt)).ToList();
        if (_services.WantsJson(parsed))
        {
            var document = new MachineListDocument { NodeName = node, VirtualMachines = machines };
            _services.Console.WriteDocument(() => "", () => JsonSerializer.Serialize(document, ToolJson.Default.MachineListDocument), _services.FormOf(parsed));
            return (int)ExitCode.Done;
        }

        if (machines.Count == 0)
        {
            _services.Console.Error.WriteLine(inventory.ServesKubeVirt ? $"No virtual machine is on node {node}." : "This cluster has no KubeVirt, and so no virtual machines.");
            return (int)ExitCode.Done;
        }

        WriteTable(machines);
        return (int)ExitCode.Done;
    }

    private void WriteTable(List<MachineDocument> machines)
    {
        var table = new TextTable("NAMESPACE", "NAME", "PHASE", "READY", "EVICTION", "RUN", "WHEN DRAINED", "WHEN THE NODE IS LOST");
        foreach (var machine in machines)
        {
            table.Add(
                machine.Namespace,
                machine.Name,
                string.Join(", ", [machine.Phase, .. machine.Traits.Select(Fates.InWords)]),
                machine.Ready ? "yes" : "no",
                machine.EvictionStrategy,
                machine.RunStrategy,
                Fates.InWords(machine.WhenDrained),
                Fates.InWords(machine.WhenNodeIsLost));
        }

        table.WriteTo(_services.Console.Out);
    }

    private static MachineDocument Describe(NodeMachine machine, KubeVirtInstallation? installation) => new()
    {
        Namespace = machine.Name.Namespace ?? "",
        Name = machine.Name.Name,
        Phase = machine.Instance?.Phase.ToString() ?? "-",
        Traits = machine.Traits,
        Ready = machine.Instance?.IsReady ?? false,
        LiveMigratable = machine.Instance?.IsLiveMigratable ?? false,
        EvictionStrategy = machine.Instance is { } instance ? VirtualMachineFates.StrategyOf(instance, installation).ToString() : "-",
        RunStrategy = machine.Machine?.RunStrategy.ToString() ?? "-",
        PersistentVolumeClaims = machine.Instance?.PersistentVolumeClaims ?? [],
        WhenDrained = VirtualMachineFates.OfEviction(machine, installation),
        WhenNodeIsLost = VirtualMachineFates.OfLoss(machine, installation),
    };
}
