#:package VmNodeOps.Scripting@0.1.0
using VmNodeOps;
using VmNodeOps.Scripting;

// dotnet run recover.cs -- worker-2 --set by=ops@example.com --set "reason=PSU burnt, rack power off"
return await MaintenanceScript.RunAsync(args, script => script.OnNode()
    .RecoverFromCrash(Evidence.OperatorConfirms(script.Value("by"), script.Value("reason"))));
