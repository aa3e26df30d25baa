using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

public sealed class RunTests
{
    private static readonly string[] Recover = ["recover", "worker-1", "--confirmed-by", "ops@example.com", "--reason", "PSU burnt", "--yes"];

    [Fact]
    public async Task A_drain_and_the_return_after_it_end_with_0_and_their_reports()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);

        var drain = await cluster.RunAsync("drain", "worker-1", "--yes");
        var goBack = await cluster.RunAsync("return", "worker-1");

        drain.ExitCode.Should().Be(ExitCode.Done);
        drain.Out.Should().StartWith("Succeeded: Node worker-1").And.Contain("prod/web").And.Contain("Migrated: worker-1 → worker-").And.Contain("prod/db");
        drain.Error.Should().MatchRegex(@"(?m)^\d\d:\d\d:\d\dZ cordon: cordoned$").And.NotContain("Succeeded: Node");
        goBack.ExitCode.Should().Be(ExitCode.Done);
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
        cluster.Simulated.Guests.Running.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_report_as_JSON_is_all_there_is_on_stdout()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", "--output", "json");

        using var report = JsonDocument.Parse(run.Out);
        report.RootElement.GetProperty("schemaVersion").GetInt32().Should().Be(1);
        report.RootElement.GetProperty("result").GetString().Should().Be("Succeeded");
    }

    [Fact]
    public async Task A_crashed_node_is_recovered_on_the_word_of_somebody()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);
        await cluster.CrashAsync("worker-1");

        var run = await cluster.RunAsync(Recover);

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Contain("ops@example.com").And.Contain("PSU burnt").And.Contain("prod/db").And.Contain("Restarted");
        cluster.Simulated.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("db", "web");
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_Ready_is_not_recovered()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync(Recover);
        var plan = await cluster.RunAsync("plan", "recover", "worker-1");

        run.ExitCode.Should().Be(ExitCode.Refused);
        run.Out.Should().StartWith("Refused: Node worker-1 is Ready");
        plan.ExitCode.Should().Be(ExitCode.Refused);
        plan.Out.Should().Contain("REFUSED").And.Contain("whom or what the run will name: --confirmed-by or --fence-agent");
        FromTool(cluster).Should().OnlyContain(request => !request.IsWrite);
    }

    [Theory]
    [InlineData("drain", "evict virt-launcher-")]
    [InlineData("return", "wait until node worker-1 is Ready")]
    public async Task A_plan_shows_what_would_be_done_and_writes_nothing(string what, string act)
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);
        cluster.Simulated.Requests.Clear();

        var text = await cluster.RunAsync("plan", what, "worker-1");
        var json = await cluster.RunAsync("plan", what, "worker-1", "-o", "json");

        text.ExitCode.Should().Be(ExitCode.Done);
        text.Out.Should().StartWith("Plan for node worker-1").And.Contain(act);
        MaintenancePlan.FromJson(json.Out).NodeName.Should().Be("worker-1");
        FromTool(cluster).Should().NotBeEmpty().And.OnlyContain(request => !request.IsWrite);
    }

    [Fact]
    public async Task Without_a_terminal_nothing_is_taken_away_unless_yes_was_said_beforehand()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync("drain", "worker-1");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain("Give --yes");
        FromTool(cluster).Should().BeEmpty();
    }

    [Theory]
    [InlineData("n\n")]
    [InlineData("\n")]
    [InlineData("")]
    public async Task Whoever_is_asked_and_does_not_say_yes_gets_nothing_done(string answer)
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync(["drain", "worker-1"], answer);

        run.ExitCode.Should().Be(ExitCode.Cancelled);
        run.Error.Should().Contain("migrates live (1):").And.Contain("(VM prod/web)").And.Contain("Go on? [y/N]").And.EndWith("Nothing was done.\n");
        FromTool(cluster).Should().OnlyContain(request => !request.IsWrite);
    }

    [Fact]
    public async Task Whoever_says_yes_gets_what_was_shown()
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);

        var run = await cluster.RunAsync(["drain", "worker-1"], "y\n", live: true);

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Error.Should().Contain("prod/web").And.Contain("✓").And.Contain("\u001b[");
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task What_cannot_move_blocks_with_3_if_nothing_has_moved_and_with_7_if_something_has()
    {
        await using var alone = await ToolCluster.StartAsync(Stuck);
        await using var beside = await ToolCluster.StartAsync(builder => TwoMachines(Stuck(builder)));

        var blocked = await alone.RunAsync("drain", "worker-1", "--yes", "--timeout", "10m", "--on-fate", "blocks=proceed");
        var inPart = await beside.RunAsync("drain", "worker-1", "--yes", "--timeout", "10m", "--on-fate", "blocks=proceed");

        blocked.ExitCode.Should().Be(ExitCode.Refused, blocked.Out);
        blocked.Out.Should().Contain("prod/stuck");
        inPart.ExitCode.Should().Be(ExitCode.DoneInPart, inPart.Out);
    }

    [Fact]
    public async Task A_drain_that_would_lose_something_is_refused_with_3_and_what_lifts_it_does()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => TwoMachines(builder)
            .WithVirtualMachine("bare", machine => machine.In("prod").On("worker-1").Standalone())
            .WithVirtualMachine("manual", machine => machine.In("prod").On("worker-1").Run(SimulatedRunStrategy.Manual).WithLabel("tier", "test")));
        cluster.Simulated.Requests.Clear();

        var refused = await cluster.RunAsync("drain", "worker-1", "--yes");
        var planned = await cluster.RunAsync("plan", "drain", "worker-1", "--on-vm", "prod/bare=skip");

        refused.ExitCode.Should().Be(ExitCode.Refused);
        refused.Out.Should().StartWith("Refused: ").And.Contain("VM prod/bare").And.Contain("VM prod/manual").And.Contain("set the policy for StaysDown");
        FromTool(cluster).Should().OnlyContain(request => !request.IsWrite);
        cluster.Simulated.Guests.On("worker-1").Should().HaveCount(4);
        planned.ExitCode.Should().Be(ExitCode.Refused);
        planned.Out.Should().Contain("(VM prod/bare) alone").And.Contain("!! VM prod/manual");

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", "--on-vm", "prod/bare=skip", "--on-labels", "tier in (test)=proceed", "--on-fate", "would-be-lost=refuse");

        run.ExitCode.Should().Be(ExitCode.Done, run.Out);
        cluster.Simulated.Guests.On("worker-1").Select(guest => guest.Name).Should().Equal("bare");
    }

    [Theory]
    [InlineData("--on-fate", "doomed=skip", "'doomed'")]
    [InlineData("--on-fate", "blocks=explode", "shut-down-then-start")]
    [InlineData("--on-vm", "web=skip", "NAMESPACE/NAME")]
    [InlineData("--on-labels", "tier in db=skip", "no label selector")]
    public async Task A_policy_that_cannot_be_understood_ends_with_2_and_what_was_expected(string option, string value, string expected)
    {
        await using var cluster = await ToolCluster.StartAsync(TwoMachines);

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", option, value);

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(expected);
    }

    [Fact]
    public async Task Time_that_is_up_ends_with_4_and_what_was_awaited()
    {
        await using var cluster = await ToolCluster.StartAsync(Slow);

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", "--timeout", "30s");

        run.ExitCode.Should().Be(ExitCode.TimedOut);
        run.Out.Should().Contain("prod/slow");
    }

    [Fact]
    public async Task Cancelling_ends_with_130_and_the_report_so_far()
    {
        await using var cluster = await ToolCluster.StartAsync(Slow);
        using var cancellation = new CancellationTokenSource();
        await using var talk = new AlertWriter("Migrating to worker-", cancellation.Cancel);

        var run = await cluster.RunAsync(["drain", "worker-1", "--yes"], answers: null, talk: talk, cancellationToken: cancellation.Token);

        run.ExitCode.Should().Be(ExitCode.Cancelled);
        run.Out.Should().StartWith("Cancelled: ").And.Contain("cordoned").And.Contain("prod/slow");
        run.Error.Should().EndWith("To go on: vmnodeops drain worker-1. To take the node back: vmnodeops return worker-1.\n");
    }

    /// <summary>Does something as soon as a text is written.</summary>
    private sealed class AlertWriter(string text, Action act) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                act();
            }
        }
    }

    private static IEnumerable<Testing.Hosting.LoggedRequest> FromTool(ToolCluster cluster) =>
        cluster.Simulated.Requests.Where(request => request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true);

    private static SimulatedClusterBuilder TwoMachines(SimulatedClusterBuilder builder) => builder
        .WithVirtualMachine("db", machine => machine.In("prod").On("worker-1").WithDisk())
        .WithVirtualMachine("web", machine => machine.In("prod").On("worker-1").LiveMigrate().WithDisk(shared: true));

    private static SimulatedClusterBuilder Stuck(SimulatedClusterBuilder builder) =>
        builder.WithVirtualMachine("stuck", machine => machine.In("prod").On("worker-1").LiveMigrate().NotMigratable());

    private static SimulatedClusterBuilder Slow(SimulatedClusterBuilder builder) => builder.WithVirtualMachine(
        "slow", machine => machine.In("prod").On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(10) }));
}
