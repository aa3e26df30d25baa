using System.Diagnostics;

namespace VmNodeOps.Scripting.Tests.Packages;

public sealed class CustomStrategyTests
{
    [Fact]
    public async Task The_sample_empties_switches_off_and_recovers()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var sample = Path.Combine(Repository.Root, "samples", "CustomStrategy", "bin", configuration, "net10.0", "CustomStrategy.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [sample]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);

        process.ExitCode.Should().Be(0, output + await error);
        output.Should().Contain("power-off").And.Contain("switched off").And.Contain("the outlet of worker-2 is off").And.Contain("default/db").And.Contain("ran twice: 0");
    }
}
