#!/usr/bin/env dotnet-script
#r "nuget: VmNodeOps.Scripting, 0.1.0"
using VmNodeOps;
using VmNodeOps.Scripting;

// dotnet script recover.csx -- worker-2 --set by=ops@example.com --set "reason=PSU burnt, rack power off"
return await MaintenanceScript.RunAsync(Args, script => script.OnNode()
    .RecoverFromCrash(Evidence.OperatorConfirms(script.Value("by"), script.Value("reason"))));
