namespace VmNodeOps.Tool.Tests;

/// <summary>The tool as a process of its own, for what only a process has: signals, streams, its exit code.</summary>
public sealed class ChildProcessTests
{
    [Fact]
    public async Task A_simulated_cluster_serves_other_processes_until_it_is_stopped_and_takes_its_kubeconfig_with_it()
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml");
        using var simulation = ChildProcess.Start("simulate", "--nodes", "2", "--vms", "3", "--kubeconfig-out", kubeconfig);
        var talk = await simulation.StandardError.ReadUntilAsync("brings it back");

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(kubeconfig).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, "it holds a key");
        }

        var nodes = await ToolRun.OfAsync("nodes", "--kubeconfig", kubeconfig);
        await simulation.StandardInput.WriteLineAsync("crash worker-7");
        var answer = await simulation.StandardError.ReadUntilAsync("worker-7");
        await simulation.SignalAsync("TERM");
        await simulation.WaitForExitAsync().WaitAsync(ChildProcess.Patience);

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
}
