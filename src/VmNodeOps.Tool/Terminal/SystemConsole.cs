#pragma warning disable RS0030 // The one place of the tool that touches the process's console.
using Spectre.Console;

namespace VmNodeOps.Tool.Terminal;

/// <summary>The console of this process.</summary>
internal static class SystemConsole
{
    public static ToolConsole Open()
    {
        var talksToTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new ToolConsole(Console.Out, Console.Error, Console.In)
        {
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            Live = talksToTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : null,
        };
    }
}
