using System.Diagnostics;

namespace VmNodeOps.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Whoever starts the tests in the background has SIGINT ignored, and children inherit that; <c>env</c> puts it right.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "vmnodeops.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
