#!/usr/bin/env dotnet-script
#r "nuget: VmNodeOps.Scripting, 0.1.0"
using System.Linq;
using VmNodeOps;
using VmNodeOps.Cluster;
using VmNodeOps.Scripting;

// Which virtual machines would not come back by themselves if their node were drained or lost? Reads only.
return await MaintenanceScript.RunAsync(Args, async script =>
{
    var nodes = await script.Cluster.Nodes.ListAsync(Selection.All, script.CancellationToken);
    foreach (var node in nodes.Items.OrderBy(node => node.Name))
    {
        var inventory = await script.ReadNodeAsync(node.Name.Name);
        foreach (var machine in inventory.Machines)
        {
            var drained = VirtualMachineFates.OfEviction(machine, inventory.KubeVirt);
            var lost = VirtualMachineFates.OfLoss(machine, inventory.KubeVirt);
            if (IsRisk(drained) || IsRisk(lost))
            {
                script.WriteLine($"{node.Name} {machine.Name}: drained {drained}, node lost {lost}");
            }
        }
    }
});

static bool IsRisk(VirtualMachineFate fate) =>
    fate is VirtualMachineFate.StaysDown or VirtualMachineFate.RestartsOnlyIfKilled or VirtualMachineFate.WouldBeLost or VirtualMachineFate.Blocks;
