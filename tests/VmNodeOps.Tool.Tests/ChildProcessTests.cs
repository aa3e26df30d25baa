namespace VmNodeOps.Tool.Tests;

/// <summary>The tool as a process of its own, for what only a process has: signals, streams, its exit code.</summary>
public sealed class ChildProcessTests
{
    [Fact]
    public async Task A_simulated_cluster_serves_other_processes_until_it_is_stopped_and_takes_its_kubeconfig_with_it()
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml");
        using var simulation = ChildProcess.Start("simulate", "--nodes", "2", "--vms", "3", "--kubeconfig-out", kubeconfig);
        var talk = await simulation.StandardError.ReadUntilAsync("what else can be said");

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
    public async Task A_second_terminal_crashes_cuts_off_and_returns_nodes_of_the_simulation()
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml");
        using var simulation = ChildProcess.Start("simulate", "--nodes", "2", "--vms", "3", "--kubeconfig-out", kubeconfig);
        await simulation.StandardOutput.ReadUntilAsync(kubeconfig);

        var crash = await ToolRun.OfAsync("simulate", "crash", "worker-2", "--kubeconfig", kubeconfig);
        var cutOff = await ToolRun.OfAsync("simulate", "cut-off", "worker-1", "--kubeconfig", kubeconfig, "-o", "json");
        var status = await ToolRun.OfAsync("simulate", "status", "--kubeconfig", kubeconfig);
        var unknown = await ToolRun.OfAsync("simulate", "crash", "worker-7", "--kubeconfig", kubeconfig);
        var back = await ToolRun.OfAsync("simulate", "return", "worker-2", "--kubeconfig", kubeconfig);
        await ToolRun.OfAsync("simulate", "return", "worker-1", "--kubeconfig", kubeconfig);
        var after = await ToolRun.OfAsync("simulate", "status", "--kubeconfig", kubeconfig, "-o", "jsonl");
        await simulation.SignalAsync("INT");
        await simulation.WaitForExitAsync().WaitAsync(ChildProcess.Patience);
        var gone = await ToolRun.OfAsync("simulate", "status", "--kubeconfig", kubeconfig);

        crash.Error.Should().StartWith("The machine of worker-2 has lost its power.");
        cutOff.Out.Should().Contain("\"isConnected\": false");
        status.Out.Should().Be("NODE       POWER   NETWORK\nworker-1   on      cut off\nworker-2   off     yes\n");
        unknown.Should().BeEquivalentTo(new { ExitCode = ExitCode.Usage, Error = "There is no node worker-7; there are worker-1, worker-2.\n" });
        back.Error.Should().StartWith("The machine of worker-2 boots.");
        after.Out.Should().Be("""{"schemaVersion":1,"hosts":[{"node":"worker-1","hasPower":true,"isConnected":true},{"node":"worker-2","hasPower":true,"isConnected":true}]}""" + "\n");
        gone.ExitCode.Should().Be(ExitCode.Usage);
        gone.Error.Should().Contain("is not the kubeconfig of a simulation that runs");
    }

    /// <summary>The word crash is one that must never reach machines that somebody needs.</summary>
    [Theory]
    [InlineData("crash")]
    [InlineData("cut-off")]
    [InlineData("return")]
    public async Task A_cluster_that_was_not_started_by_simulate_is_sent_nothing(string act)
    {
        await using var cluster = await ToolCluster.StartAsync(static builder => builder);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync("simulate", act, "worker-1");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain("Real machines are never touched.");
        cluster.Simulated.Requests.All.Should().NotContain(request => request.Path.StartsWith("/simulation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_who_may_do_everything_reaches_the_machines()
    {
        await using var cluster = await ToolCluster.StartAsync(static builder => builder);
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, $"# Written by `vmnodeops simulate`; of no use when that has ended.\n{cluster.Simulated.KubeconfigFor("nobody")}");

        var run = await ToolRun.OfAsync("simulate", "crash", "worker-1", "--kubeconfig", kubeconfig);

        run.Error.Should().Contain("answers 403");
        cluster.Simulated.Host("worker-1").HasPower.Should().BeTrue();
        File.Delete(kubeconfig);
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
