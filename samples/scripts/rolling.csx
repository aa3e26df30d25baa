#!/usr/bin/env dotnet-script
#r "nuget: VmNodeOps.Scripting, 0.1.0"
using System.Linq;
using System.Threading.Tasks;
using VmNodeOps;
using VmNodeOps.Cluster;
using VmNodeOps.Scripting;

// Every node with a label, one after the other: empty it, let it be serviced, take it back. Ends at the first that does not succeed.
// --set label=rack=12
return await MaintenanceScript.RunAsync(Args, async script =>
{
    var label = script.Value("label").Split('=', 2);
    var nodes = await script.Cluster.Nodes.ListAsync(Selection.All, script.CancellationToken);
    foreach (var node in nodes.Items.Where(node => node.Labels.TryGetValue(label[0], out var value) && value == label[1]).OrderBy(node => node.Name))
    {
        var maintenance = MaintenanceScript.OnNode(node.Name.Name)
            .GracefulShutdown()
            .ThenCall("service", (context, _) => Service(script, node.Name.Name));
        if (await script.RunAsync(maintenance) is { Succeeded: false })
        {
            return;
        }

        if (await script.RunAsync(MaintenanceScript.OnNode(node.Name.Name).ReturnToService()) is { Succeeded: false })
        {
            return;
        }
    }
});

// Here the machine would be updated, rebooted or repaired.
static Task Service(MaintenanceScript script, string node)
{
    script.Say($"{node} is empty and is being serviced.");
    return Task.CompletedTask;
}
