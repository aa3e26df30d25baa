#pragma warning disable RS0030 // The one place of the script host and the tool that touches the process's console.
using Spectre.Console;

namespace VmNodeOps.Scripting;

/// <summary>The console of this process.</summary>
internal static class SystemConsole
{
    public static HostConsole Open()
    {
        var talksToTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new HostConsole(Console.Out, Console.Error, Console.In)
        {
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            Live = talksToTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : null,
        };
    }
}
