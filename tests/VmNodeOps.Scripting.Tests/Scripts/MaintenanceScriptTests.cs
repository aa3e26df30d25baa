using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting.Tests.Scripts;

public sealed class MaintenanceScriptTests
{
    private static readonly Func<MaintenanceScript, Task> Drain = script => script.RunAsync(script.OnNode().GracefulShutdown());

    [Fact]
    public async Task A_drain_script_drains_and_writes_its_report()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(Drain, "worker-1");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().StartWith("Succeeded: Node worker-1").And.Contain("prod/web");
        run.Error.Should().MatchRegex(@"(?m)^\d\d:\d\d:\d\dZ cordon: cordoned$");
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task Quiet_leaves_only_the_report()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(Drain, "--node worker-1 --quiet --output json");

        run.Error.Should().BeEmpty();
        JsonDocument.Parse(run.Out).RootElement.GetProperty("result").GetString().Should().Be("Succeeded");
    }

    [Fact]
    public async Task Lines_are_events_and_the_last_one_has_the_report()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(Drain, "worker-1 --output=jsonl -q");

        var types = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        types.Select(line => line.GetProperty("sequence").GetInt64()).Should().Equal(Enumerable.Range(1, types.Count).Select(number => (long)number));
        types[0].GetProperty("type").GetString().Should().Be("runStarted");
        types[^1].GetProperty("report").GetProperty("result").GetString().Should().Be("Succeeded");
    }

    [Fact]
    public async Task A_dry_run_writes_the_plan_and_nothing_to_the_cluster()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync(
            async script => (await script.RunAsync(script.OnNode().GracefulShutdown())).Should().BeNull(), "worker-1 --dry-run --output json");

        run.ExitCode.Should().Be(ExitCode.Done);
        MaintenancePlan.FromJson(run.Out).NodeName.Should().Be("worker-1");
        cluster.Simulated.Requests.Where(request => request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true)
            .Should().NotBeEmpty().And.OnlyContain(request => !request.IsWrite);
    }

    [Fact]
    public async Task The_time_of_the_command_line_wins_over_that_of_the_script()
    {
        await using var cluster = await ScriptCluster.StartAsync(ScriptCluster.Slow);

        var run = await cluster.RunAsync(
            script => script.RunAsync(script.OnNode().With(options => options with { Timeout = TimeSpan.FromHours(2) }).GracefulShutdown()), "worker-1 --timeout 30s");

        run.ExitCode.Should().Be(ExitCode.TimedOut);
    }

    [Fact]
    public async Task Cancelling_writes_the_report_so_far_ends_the_body_and_returns_130()
    {
        await using var cluster = await ScriptCluster.StartAsync(ScriptCluster.Slow);
        using var cancellation = new CancellationTokenSource();
        await using var talk = new AlertWriter("Migrating to worker-", cancellation.Cancel);
        var wentOn = false;

        var run = await cluster.RunAsync(
            async script =>
            {
                await script.RunAsync(script.OnNode().GracefulShutdown());
                wentOn = true;
            },
            "worker-1", talk, cancellation.Token);

        run.ExitCode.Should().Be(ExitCode.Cancelled);
        run.Out.Should().StartWith("Cancelled: ").And.Contain("prod/slow");
        wentOn.Should().BeFalse();
    }

    [Fact]
    public async Task Runs_that_went_well_beside_one_that_did_not_are_done_in_part()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(
            async script =>
            {
                foreach (var node in script.Arguments.Nodes)
                {
                    var maintenance = MaintenanceScript.OnNode(node);
                    await script.RunAsync(node == "worker-1" ? maintenance.GracefulShutdown() : maintenance.RecoverFromCrash(Evidence.OperatorConfirms("me", "I say so")));
                }
            },
            "worker-1 worker-2 -q");

        run.ExitCode.Should().Be(ExitCode.DoneInPart);
        run.Out.Should().Contain("Refused: Node worker-2 is Ready");
    }

    [Theory]
    [InlineData("", "Which node?")]
    [InlineData("worker-1 worker-2", "One node, please: this script was given worker-1, worker-2.")]
    [InlineData("Worker_1", "'Worker_1' is not the name of a node")]
    [InlineData("worker-1 --timout 5m", "'--timout' is no option of a script. Did you mean '--timeout'?")]
    [InlineData("worker-1 --timeout soon", "'soon' is not a time for --timeout")]
    [InlineData("worker-1 --output xml", "'xml' is not a form of --output")]
    [InlineData("worker-1 --set reason", "'reason' is nothing to --set")]
    [InlineData("worker-1 --quiet=yes", "--quiet takes no value.")]
    [InlineData("worker-9", "There is no node 'worker-9' in this cluster.")]
    [InlineData("worker-1 --context other", "There is no context \"other\"")]
    public async Task What_cannot_be_meant_ends_with_2_and_a_sentence(string arguments, string message)
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(Drain, arguments);

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(message).And.NotContain("   at ");
        run.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task Values_are_given_missing_ones_are_asked_for_and_unread_ones_are_told()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var read = await cluster.RunAsync(script => Task.Run(() => script.WriteLine(script.Value("who") + script.Value("why", "?"))), "--set who=ops=me --set whyy=x");
        var missing = await cluster.RunAsync(script => Task.Run(() => script.Value("reason")), "--set reson=x");

        read.Should().Be(new ScriptRun(ExitCode.Done, "ops=me?\n", "The script did not ask for 'whyy', which --set gave it. Did you mean 'why'?\n"));
        missing.ExitCode.Should().Be(ExitCode.Usage);
        missing.Error.Should().Be("This script needs a value: --set reason=… Did you mean 'reson'?\n");
    }

    [Fact]
    public async Task Help_is_given_without_a_cluster_and_without_the_body()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var run = await cluster.RunAsync(_ => throw new InvalidOperationException("never"), "--help");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Contain("--set NAME=VALUE").And.Contain("130 cancelled");
    }

    [Fact]
    public async Task What_the_body_throws_becomes_an_exit_code()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var refused = await cluster.RunAsync(_ => throw new ScriptException(ExitCode.Refused, "Not on a Friday."), "");
        var forbidden = await cluster.RunAsync(_ => throw new ClusterException(ClusterErrorCause.Forbidden, "You may not."), "");
        var bug = await cluster.RunAsync(_ => throw new InvalidOperationException("a bug"), "");

        refused.Should().Be(new ScriptRun(ExitCode.Refused, "", "Not on a Friday.\n"));
        forbidden.Should().Be(new ScriptRun(ExitCode.NotPermitted, "", "You may not.\n"));
        bug.ExitCode.Should().Be(ExitCode.Failed);
        bug.Error.Should().StartWith("The script failed: System.InvalidOperationException: a bug");
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
}
