using VmNodeOps.Tool.CommandLine;

var console = SystemConsole.Open();
using var signals = new Signals(console.Error);
return (int)await Application.RunAsync(args, console, TimeProvider.System, signals.Token);
