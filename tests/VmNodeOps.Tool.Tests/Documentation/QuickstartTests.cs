using System.Diagnostics;

namespace VmNodeOps.Tool.Tests.Documentation;

public sealed class QuickstartTests
{
    [Fact]
    public async Task The_quickstart_drains_returns_and_recovers_in_under_a_minute()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var sample = Path.Combine(Repository.Root, "samples", "Quickstart", "bin", configuration, "net10.0", "Quickstart.dll");
        var start = new ProcessStartInfo("dotnet", [sample]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);

        process.ExitCode.Should().Be(0, await error);
        output.Should().Contain("Succeeded: Node worker-1: open-window, cordon, shut-down, drain, start-elsewhere, verify-elsewhere done.")
            .And.Contain("Succeeded: Node worker-1: put-back-in-service, wait-until-ready, wait-for-virt-handler, uncordon, start-machines, close-window done.")
            .And.MatchRegex("Succeeded: Node worker-2: blast-radius, confirm-down, .*done[.]")
            .And.Contain("worker-2: nothing")
            .And.Contain("ran together 0 times.");
        output.Should().NotContain("\u001b", "in a pipe nothing is coloured");
    }
}
