using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>The tool in a pipe: each event on its line as it happens, the report at the end whatever ends it.</summary>
public sealed class StreamTests
{
    private static readonly string[] Drain = ["drain", "worker-1", "--yes", "--output", "jsonl"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Events_come_while_the_drain_runs_and_a_signal_ends_it_with_130_and_the_report_as_the_last_line(string signal)
    {
        await using var cluster = await ProcessCluster.StartAsync(NeverArriving);
        using var tool = cluster.Start(Drain);
        var lines = await tool.StandardOutput.ReadUntilAsync("Migrating to worker-2");

        await tool.SignalAsync(signal);
        var run = await tool.EndAsync();

        ((int)run.ExitCode).Should().Be(130, run.Error);
        var events = Parse(lines + run.Out);
        events.Select(line => line.GetProperty("sequence").GetInt32()).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        Parse(lines)[^1].GetProperty("type").GetString().Should().Be("virtualMachineChanged", "it came while the machine was on its way");
        var report = ReportOf(events);
        report.GetProperty("result").GetString().Should().Be("Cancelled");
        report.GetProperty("virtualMachines").GetArrayLength().Should().Be(1);
        cluster.Simulated.Objects.Get("nodes", "worker-1", ns: null)!["spec"]!["unschedulable"]!.GetValue<bool>().Should().BeTrue("nobody asked to undo it");
        run.Error.Should().Contain("Stopping in good order").And.Contain("\nCancelled: Node worker-1").And.NotContain("   at ").And.NotContain("takes no more data");
    }

    [Fact]
    public async Task A_signal_undoes_what_was_done_if_that_was_asked_for()
    {
        await using var cluster = await ProcessCluster.StartAsync(NeverArriving);
        using var tool = cluster.Start([.. Drain, "--undo-on-failure"]);
        var lines = await tool.StandardOutput.ReadUntilAsync("Migrating to worker-2");

        await tool.SignalAsync("INT");
        var run = await tool.EndAsync();

        ((int)run.ExitCode).Should().Be(130, run.Error);
        ReportOf(Parse(lines + run.Out)).GetProperty("result").GetString().Should().Be("Cancelled");
        cluster.Simulated.Objects.Get("nodes", "worker-1", ns: null)!["spec"]!["unschedulable"].Should().BeNull("the cordon is undone");
        cluster.Simulated.Objects.Get("virtualmachineinstances", "slow")!["status"]!["evacuationNodeName"].Should().BeNull("the evacuation is cancelled");
        cluster.Simulated.Guests.Of("slow").Should().ContainSingle().Which.Node.Should().Be("worker-1");
        run.Error.Should().NotContain("stays cordoned");
    }

    [Fact]
    public async Task A_reader_that_leaves_does_not_leave_a_node_half_empty_and_the_report_goes_to_the_talk()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            builder => builder.WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true)));
        using var tool = cluster.Start(Drain);
        await tool.StandardOutput.ReadLineAsync().WaitAsync(ChildProcess.Patience);

        tool.StandardOutput.Close();
        var talk = await tool.StandardError.ReadToEndAsync().WaitAsync(ChildProcess.Patience);
        await tool.WaitForExitAsync().WaitAsync(ChildProcess.Patience);

        tool.ExitCode.Should().Be(0, talk);
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
        talk.Should().Contain("stdout takes no more data (Broken pipe). The report:\nSucceeded: Node worker-1").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("nodes | head -1", 0, "NAME")]
    [InlineData("nodes > /dev/full", 1, "Data for stdout is lost: No space left on device")]
    [InlineData("nodes --output json >> \"$1.out\"; echo after >> \"$1.out\"; tail -1 \"$1.out\"", 0, "after")]
    public async Task What_a_shell_does_with_the_data_is_its_affair(string command, int exitCode, string said)
    {
        await using var cluster = await ProcessCluster.StartAsync(static builder => builder);
        const string Tool = "vmnodeops() { dotnet \"$2\" \"$@\" --kubeconfig \"$kubeconfig\"; }";
        var script = $"set -o pipefail; kubeconfig=$1; dll=$2; {Tool.Replace("\"$2\"", "\"$dll\"", StringComparison.Ordinal)}; vmnodeops {command}";
        using var shell = ChildProcess.StartProgram("bash", ["-c", script, "bash", cluster.Kubeconfig, ChildProcess.Assembly]);

        var run = await shell.EndAsync();

        ((int)run.ExitCode).Should().Be(exitCode, run.Error);
        (run.Out + run.Error).Should().Contain(said).And.NotContain("   at ");
        File.Delete($"{cluster.Kubeconfig}.out");
    }

    private static List<JsonElement> Parse(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    private static JsonElement ReportOf(List<JsonElement> events)
    {
        events[^1].GetProperty("type").GetString().Should().Be("runFinished");
        return events[^1].GetProperty("report");
    }

    private static SimulatedClusterBuilder NeverArriving(SimulatedClusterBuilder builder) => builder.WithVirtualMachine(
        "slow", machine => machine.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(1) }));
}
