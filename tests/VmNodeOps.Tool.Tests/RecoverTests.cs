using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>Recoveries of several nodes, and of what stays down.</summary>
public sealed class RecoverTests
{
    private static readonly string[] Word = ["--confirmed-by", "ops@example.com", "--reason", "rack 7 has no power"];

    [Fact]
    public async Task Several_nodes_are_recovered_in_one_run_with_one_report()
    {
        await using var cluster = await CrashedAsync();

        var alone = await cluster.RunAsync(["recover", "worker-1", .. Word, "--yes"]);
        var plan = await cluster.RunAsync("plan", "recover", "worker-1", "worker-2");
        var run = await cluster.RunAsync(["recover", "worker-1", "worker-2", .. Word, "--yes"]);

        alone.ExitCode.Should().Be(ExitCode.Refused, "the other went down with it and is not named");
        alone.Out.Should().Contain("with the tool as further NODEs");
        plan.ExitCode.Should().Be(ExitCode.Done, plan.Out + plan.Error);
        plan.Out.Should().Contain("worker-1").And.Contain("worker-2");
        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Out.Should().StartWith("Succeeded: 2 of 2 nodes done.").And.Contain("Succeeded: Node worker-1").And.Contain("Succeeded: Node worker-2").And.Contain("ops@example.com");
        cluster.Simulated.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("db", "web", "kept");
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_of_several_that_is_Ready_keeps_all_from_beginning_unless_one_keeps_going()
    {
        await using var cluster = await CrashedAsync();

        var run = await cluster.RunAsync(["recover", "worker-1", "worker-2", "worker-3", .. Word, "--yes", "--output", "json"]);
        var keepGoing = await cluster.RunAsync(["recover", "worker-1", "worker-2", "worker-3", .. Word, "--yes", "--keep-going"]);

        run.ExitCode.Should().Be(ExitCode.Refused, run.Out + run.Error);
        using var report = JsonDocument.Parse(run.Out);
        report.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("result").GetString()).Should().Equal("Refused", "Refused", "Refused");
        keepGoing.ExitCode.Should().Be(ExitCode.DoneInPart, keepGoing.Out + keepGoing.Error);
        keepGoing.Out.Should().Contain("2 of 3 nodes done. Refused: worker-3.");
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task What_stays_down_is_started_when_it_is_asked_for()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder
            .WithVirtualMachine("build", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("job", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Once)));
        await cluster.CrashAsync("worker-1");

        var run = await cluster.RunAsync(["recover", "worker-1", .. Word, "--yes", "--start-what-stays-down"]);

        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Out.Should().Contain("start-what-stays-down").And.Contain("1 machine asked to start").And.Contain("kubectl delete vmi -n default job").And.NotContain("virtctl start");
        cluster.Simulated.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("build");
    }

    private static async Task<ToolCluster> CrashedAsync()
    {
        var cluster = await ToolCluster.StartAsync(builder => (builder with { KubeVirtNodes = ["worker-3"] })
            .WithVirtualMachine("db", vm => vm.On("worker-1").WithDisk())
            .WithVirtualMachine("web", vm => vm.On("worker-2").WithDisk())
            .WithVirtualMachine("kept", vm => vm.On("worker-3")));
        cluster.Simulated.CrashNode("worker-2");
        await cluster.CrashAsync("worker-1");
        return cluster;
    }
}
