#!/usr/bin/env dotnet-script
#r "nuget: VmNodeOps.Scripting, 0.1.0"
using VmNodeOps;
using VmNodeOps.Scripting;

// dotnet script drain.csx -- worker-1 --timeout 30m
return await MaintenanceScript.RunAsync(Args, script => script.OnNode().GracefulShutdown());
