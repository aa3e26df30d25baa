#pragma warning disable RS0030 // The one place of the script host and the tool that touches the process's console.
using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace VmNodeOps.Scripting;

/// <summary>The console of this process.</summary>
internal static class SystemConsole
{
    private const int StandardOutput = 1;

    public static HostConsole Open()
    {
        var talksToTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new HostConsole(Console.IsOutputRedirected ? Redirected() : Console.Out, new LossyWriter(Console.Error), Console.In)
        {
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            Live = talksToTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : null,
        };
    }

    /// <summary>Standard output that is no terminal. The runtime's own stream keeps silent about a reader that has left; a report is then to go elsewhere.</summary>
    private static LossyWriter Redirected()
    {
        var stream = OperatingSystem.IsWindows() ? null : Pipe();
        return new LossyWriter(new StreamWriter(stream ?? Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
    }

    /// <summary>Null if it is a file: that one's position is the runtime's stream's to move, and others may write to it after us.</summary>
    private static FileStream? Pipe()
    {
        try
        {
            var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? null : stream;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
