using VmNodeOps.Tool;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Terminal;

var console = SystemConsole.Open();
using var signals = new Signals(console.Error);
return (int)await Application.RunAsync(args, console, TimeProvider.System, signals.Token);
