#!/usr/bin/env dotnet-script
#r "nuget: VmNodeOps.Scripting, 0.1.0"
#load "lib/rack.csx"
using System.Linq;
using VmNodeOps.Cluster;
using VmNodeOps.Scripting;

// The nodes of a rack, with a function from another file. --set rack=12
return await MaintenanceScript.RunAsync(Args, async script =>
{
    var label = LabelOf(script.Value("rack")).Split('=');
    var nodes = await script.Cluster.Nodes.ListAsync(Selection.All, script.CancellationToken);
    foreach (var node in nodes.Items.Where(node => node.Labels.TryGetValue(label[0], out var value) && value == label[1]).OrderBy(node => node.Name))
    {
        script.WriteLine(node.Name.Name);
    }
});
