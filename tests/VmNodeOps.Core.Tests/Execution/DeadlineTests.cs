using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Execution;

/// <summary>Time per step and per machine, and cancelling wherever a run is.</summary>
public sealed class DeadlineTests(ITestOutputHelper output)
{
    private const string Node = "node-2";

    [Fact]
    public async Task A_step_that_takes_longer_than_its_time_ends_as_timed_out_with_what_was_awaited()
    {
        await using var scene = await StartAsync();

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNode(Node).With(options => options with { StepTimeout = TimeSpan.FromMinutes(3) }).GracefulShutdown());

        report.ShouldHave(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("step drain").And.Contain("StepTimeout, 00:03:00").And.Contain("default/slow");
        report.Steps.Single(step => step.Step == "drain").Duration.Should().BeCloseTo(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_machine_that_takes_longer_than_its_time_is_named_and_the_others_go_on()
    {
        await using var scene = await StartAsync();

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNode(Node).With(options => options with { MachineTimeout = TimeSpan.FromMinutes(4) }).GracefulShutdown());

        report.ShouldHave(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("default/slow took longer than 00:04:00 (MachineTimeout)");
        report.VirtualMachines.Single(machine => machine.Name.Name == "slow").Message.Should().StartWith("Timed out after 00:04:00.");
        scene.Cluster.Guests.On(Node).Select(guest => guest.Name).Should().Equal("slow");
    }

    [Fact]
    public async Task A_machine_that_does_not_arrive_in_its_time_is_named_and_the_others_are_verified()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("node-1", Node, "node-3")
            .WithVirtualMachine("lazy", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("quick", vm => vm.On(Node).WithDisk()));
        scene.Cluster.FailDetaching("pv-default-lazy-disk");
        await scene.CrashAsync(Node);

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf(Node).With(options => options with { MachineTimeout = TimeSpan.FromMinutes(4) }));

        report.ShouldHave(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("1 of 2 virtual machines took longer than 00:04:00 (MachineTimeout): default/lazy");
        report.Outcomes()["quick"].Should().Be(VirtualMachineOutcome.Restarted);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("recovery")]
    [InlineData("return")]
    public async Task Cancelling_at_any_request_ends_the_run_within_a_second_and_reports(string procedure)
    {
        var stride = int.TryParse(Environment.GetEnvironmentVariable("VMNODEOPS_KILL_STRIDE"), out var wished) ? Math.Max(1, wished) : 9;
        var (points, longest) = (0, TimeSpan.Zero);
        stride = procedure == "return" ? Math.Min(stride, 5) : stride;
        for (var point = 1; await CancelAsync(procedure, point) is { } took; point += stride)
        {
            points++;
            longest = took > longest ? took : longest;
        }

        var line = $"{procedure}: cancelled at {points} requests, longest until the report {longest.TotalSeconds:0.000} s";
        output.WriteLine(line);
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, $"kill-points-cancel-{procedure}.txt"), line + "\n");
        points.Should().BeGreaterThan(1);
        longest.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_while_it_waits_ends_it_within_a_second_even_if_the_server_no_longer_answers(bool serverIsGone)
    {
        await using var scene = await StartAsync();
        using var cancel = new CancellationTokenSource();
        var run = scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).GracefulShutdown(), cancellationToken: cancel.Token);
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(5));
        if (serverIsGone)
        {
            scene.Cluster.Faults.Add(new FaultRule { Effect = FaultEffect.NoAnswer() });
        }

        var at = scene.Cluster.Time.GetUtcNow();
        await cancel.CancelAsync();
        var thrown = await FluentActions.Awaiting(() => run).Should().ThrowAsync<MaintenanceCanceledException>();

        (scene.Cluster.Time.GetUtcNow() - at).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
        thrown.Which.Report!.Summary.Should().Contain("step drain: Cancelled.").And.Contain("default/slow");
        thrown.Which.Report.Findings.Any(finding => finding.Code == "LeaseLeft").Should().Be(serverIsGone);
    }

    /// <returns>How long the report took; null if the run was done before that request.</returns>
    private static async Task<TimeSpan?> CancelAsync(string procedure, int point)
    {
        await using var scene = await StartAsync();
        NodeMaintenance maintenance;
        switch (procedure)
        {
            case "recovery":
                await scene.CrashAsync(Node);
                maintenance = Crashes.RecoveryOf(Node);
                break;
            case "return":
                (await scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).OpenWindow().Cordon())).EnsureSucceeded();
                maintenance = NodeMaintenance.OnNode(Node).ReturnToService();
                break;
            default:
                maintenance = NodeMaintenance.OnNode(Node).GracefulShutdown();
                break;
        }

        using var cancel = new CancellationTokenSource();
        DateTimeOffset? at = null;
        scene.Cluster.Faults.Add(new FaultRule
        {
            Skip = point - 1,
            Times = 1,
            Effect = FaultEffect.Choose(_ =>
            {
                at = scene.Cluster.Time.GetUtcNow();
                cancel.Cancel();
                return FaultEffect.DelayAnswer(TimeSpan.FromSeconds(20));
            }),
        });
        try
        {
            await scene.Runner.RunAsync(maintenance.With(options => options with { Timeout = TimeSpan.FromMinutes(20) }), cancellationToken: cancel.Token);
            return null;
        }
        catch (MaintenanceCanceledException exception)
        {
            exception.Report.Should().NotBeNull();
            return scene.Cluster.Time.GetUtcNow() - at!.Value;
        }
    }

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster
        .WithNodes("node-1", Node, "node-3")
        .WithVirtualMachine("db", vm => vm.On(Node).WithDisk())
        .WithVirtualMachine("slow", vm => vm.On(Node).LiveMigrate().WithDisk(shared: true).Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(10) })));
}
