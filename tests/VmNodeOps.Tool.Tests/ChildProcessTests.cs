using System.Diagnostics;
using System.Globalization;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>The tool as a process of its own, for what only a process has: signals, streams, its exit code.</summary>
public sealed class ChildProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_in_the_middle_of_a_drain_ends_it_with_130_and_the_report(string signal)
    {
        using var time = SimulatedTime.RealTime();
        await using var cluster = await SimulatedCluster.StartAsync(builder => (builder with { Time = time })
            .WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("slow", machine => machine.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(1) })));
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, cluster.Kubeconfig);
        using var tool = ChildProcess.Start("drain", "worker-1", "--yes", "--kubeconfig", kubeconfig);
        var talk = await ReadUntilAsync(tool.StandardError, "Migrating to worker-2");

        await SignalAsync(tool, signal);
        var output = await tool.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        talk += await tool.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await tool.WaitForExitAsync().WaitAsync(Patience);

        tool.ExitCode.Should().Be((int)ExitCode.Cancelled, talk);
        output.Should().StartWith("Cancelled: Node worker-1, step drain: Cancelled.").And.Contain("default/slow");
        talk.Should().Contain("Stopping in good order").And.NotContain("   at ");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task A_simulated_cluster_serves_other_processes_until_it_is_stopped_and_takes_its_kubeconfig_with_it()
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml");
        using var simulation = ChildProcess.Start("simulate", "--nodes", "2", "--vms", "3", "--kubeconfig-out", kubeconfig);
        var talk = await ReadUntilAsync(simulation.StandardError, "brings it back");

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(kubeconfig).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, "it holds a key");
        }

        var nodes = await ToolRun.OfAsync("nodes", "--kubeconfig", kubeconfig);
        await simulation.StandardInput.WriteLineAsync("crash worker-7");
        var answer = await ReadUntilAsync(simulation.StandardError, "worker-7");
        await SignalAsync(simulation, "TERM");
        await simulation.WaitForExitAsync().WaitAsync(Patience);

        nodes.ExitCode.Should().Be(ExitCode.Done);
        nodes.Out.Should().MatchRegex(@"worker-1 +Ready +worker +3 ").And.MatchRegex(@"worker-2 +Ready +worker +0 ");
        talk.Should().Contain($"export KUBECONFIG={kubeconfig}").And.Contain("vmnodeops drain worker-1");
        answer.Should().Contain("There is no node worker-7; there are worker-1, worker-2.");
        simulation.ExitCode.Should().Be(0);
        (await simulation.StandardOutput.ReadToEndAsync()).Should().Be($"{kubeconfig}\n");
        File.Exists(kubeconfig).Should().BeFalse();
    }

    [Fact]
    public async Task A_kubeconfig_that_somebody_else_made_is_never_overwritten()
    {
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, "apiVersion: v1\nkind: Config\n");

        var run = await ToolRun.OfAsync("simulate", "--kubeconfig-out", kubeconfig);

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain("It stays as it is");
        (await File.ReadAllTextAsync(kubeconfig)).Should().Be("apiVersion: v1\nkind: Config\n");
        File.Delete(kubeconfig);
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        var read = "";
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            read += await reader.ReadLineAsync(limit.Token) + "\n";
        }

        return read;
    }
}
