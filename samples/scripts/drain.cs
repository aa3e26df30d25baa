#:package VmNodeOps.Scripting@0.1.0
using VmNodeOps;
using VmNodeOps.Scripting;

// dotnet run drain.cs -- worker-1 --timeout 30m
return await MaintenanceScript.RunAsync(args, script => script.OnNode().GracefulShutdown());
