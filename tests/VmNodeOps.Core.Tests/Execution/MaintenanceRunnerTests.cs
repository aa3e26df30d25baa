using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Execution;

public sealed class MaintenanceRunnerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScriptedCluster _cluster;
    private readonly MaintenanceRunner _runner;
    private readonly NodeMaintenance _nothing = NodeMaintenance.OnNode("worker-3").With(options => options with { Lock = null });

    public MaintenanceRunnerTests()
    {
        _cluster = new ScriptedCluster(_time);
        _runner = new MaintenanceRunner(_cluster.Client, _time);
    }

    [Fact]
    public async Task Steps_run_in_order_and_the_report_tells_each()
    {
        var order = new List<string>();
        var maintenance = _nothing.Then(Noting("a", order)).Then(Noting("b", order)).Then(Noting("c", order));

        var report = await _runner.RunAsync(maintenance);

        order.Should().Equal("a", "b", "c");
        report.Result.Should().Be(MaintenanceResult.Succeeded);
        report.Steps.Should().OnlyContain(step => step.Outcome.Result == StepResult.Succeeded);
        report.EnsureSucceeded().Should().BeSameAs(report);
    }

    [Fact]
    public async Task A_step_that_fails_ends_the_run_and_nothing_is_undone_unless_asked()
    {
        var undone = new List<string>();
        var maintenance = _nothing.Then(new TestStep("a") { Undone = undone })
            .Then(new TestStep("b", (_, _) => Task.FromResult(StepOutcome.Failed("Broken", "it broke"))) { Undone = undone })
            .Then(new TestStep("c") { Undone = undone });

        var report = await _runner.RunAsync(maintenance);

        report.Result.Should().Be(MaintenanceResult.Failed);
        report.Summary.Should().Contain("step b").And.Contain("it broke");
        report.Steps[2].Outcome.Result.Should().Be(StepResult.NotReached);
        undone.Should().BeEmpty();
        report.Invoking(it => it.EnsureSucceeded()).Should().Throw<MaintenanceException>().Which.Report.Should().BeSameAs(report);
    }

    [Fact]
    public async Task Undo_goes_backwards_over_what_was_begun()
    {
        var undone = new List<string>();
        var maintenance = _nothing.With(options => options with { OnFailure = UndoPolicy.Undo })
            .Then(new TestStep("a") { Undone = undone })
            .Then(new TestStep("b", (_, _) => Task.FromResult(StepOutcome.Blocked("Wall", "a wall"))) { Undone = undone })
            .Then(new TestStep("c") { Undone = undone });

        var report = await _runner.RunAsync(maintenance);

        undone.Should().Equal("b", "a");
        report.Result.Should().Be(MaintenanceResult.Blocked);
        report.Steps[0].Undo!.Result.Should().Be(StepResult.Succeeded);
        report.Steps[2].Undo.Should().BeNull();
    }

    [Fact]
    public async Task A_refusal_in_the_plan_keeps_every_step_from_running()
    {
        var ran = new List<string>();
        var refusal = new Finding { Severity = FindingSeverity.Refusal, Code = "No", Message = "Not on a Sunday.", Lift = "Wait until Monday." };
        var maintenance = _nothing.Then(Noting("a", ran)).Then(new TestStep("b") { Findings = [refusal] });

        var report = await _runner.RunAsync(maintenance);

        ran.Should().BeEmpty();
        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Be("Not on a Sunday. Wait until Monday.");
        report.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_plan_that_no_longer_holds_is_refused_with_what_changed()
    {
        var before = new TestStep("a") { Actions = [Evict("x")] };
        var plan = await _runner.PlanAsync(_nothing.Then(before));
        var ran = new List<string>();
        var after = new TestStep("a", (_, _) => Fail(ran)) { Actions = [Evict("y")] };

        var report = await _runner.RunAsync(_nothing.Then(after), plan);

        ran.Should().BeEmpty();
        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Contain("no longer to evict x").And.Contain("now also to evict y");
    }

    [Fact]
    public async Task A_plan_that_holds_is_run()
    {
        var maintenance = _nothing.Then(new TestStep("a") { Actions = [Evict("x")] });
        var plan = MaintenancePlan.FromJson((await _runner.PlanAsync(maintenance)).ToJson());

        var report = await _runner.RunAsync(maintenance, plan);

        report.Result.Should().Be(MaintenanceResult.Succeeded);
    }

    [Fact]
    public async Task When_time_is_up_the_report_says_what_was_awaited()
    {
        var waiting = new TestStep("a", async (context, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, token);
            return StepOutcome.Succeeded("never");
        })
        { Pending = "VM prod/db still migrates." };
        var run = _runner.RunAsync(_nothing.With(options => options with { Timeout = TimeSpan.FromMinutes(5) }).Then(waiting));

        await AdvanceUntilDoneAsync(run, TimeSpan.FromMinutes(5));
        var report = await run;

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("time is up").And.Contain("VM prod/db still migrates.");
    }

    [Fact]
    public async Task Cancelling_throws_with_the_report_so_far()
    {
        using var cancel = new CancellationTokenSource();
        var maintenance = _nothing.Then(new TestStep("a")).Then(new TestStep("b", async (_, token) =>
        {
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
            return StepOutcome.Succeeded("never");
        }));

        var run = () => _runner.RunAsync(maintenance, cancellationToken: cancel.Token);

        var thrown = (await run.Should().ThrowAsync<MaintenanceCanceledException>()).Which;
        thrown.CancellationToken.Should().Be(cancel.Token);
        thrown.Report!.Result.Should().Be(MaintenanceResult.Cancelled);
        thrown.Report.Steps.Select(step => step.Outcome.Result).Should().Equal(StepResult.Succeeded, StepResult.Cancelled);
    }

    [Fact]
    public async Task A_bug_in_a_step_is_not_hidden()
    {
        var run = () => _runner.RunAsync(_nothing.Then(new TestStep("a", (_, _) => throw new InvalidOperationException("bug"))));

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("bug");
    }

    [Fact]
    public async Task An_unknown_node_is_said_before_anything_begins()
    {
        _cluster.Node = null;
        var run = () => _runner.RunAsync(_nothing.Then(new TestStep("a")));

        var thrown = (await run.Should().ThrowAsync<ClusterException>()).Which;
        thrown.Cause.Should().Be(ClusterErrorCause.NotFound);
        thrown.Message.Should().Contain("worker-3");
    }

    [Fact]
    public async Task One_instance_serves_many_runs_at_once()
    {
        var maintenance = _nothing.Cordon().Then(new TestStep("a", async (_, token) =>
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            return StepOutcome.Succeeded("done");
        }));

        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _runner.RunAsync(maintenance)));

        reports.Should().OnlyContain(report => report.Succeeded && report.Writes.Count == 1);
    }

    private static PlannedAction Evict(string pod) => new()
    {
        Kind = ActionKind.Evict,
        Target = new ObjectReference { ApiVersion = "v1", Kind = "Pod", Name = new ObjectName("prod", pod), Uid = pod },
        What = $"evict {pod}",
        Why = "Because.",
    };

    private static TestStep Noting(string name, List<string> ran) => new(name, (_, _) =>
    {
        ran.Add(name);
        return Task.FromResult(StepOutcome.Succeeded("done"));
    });

    private static Task<StepOutcome> Fail(List<string> ran)
    {
        ran.Add("ran");
        return Task.FromResult(StepOutcome.Succeeded("done"));
    }

    /// <summary>The run creates its timer in its own time; so the clock moves until the run is done.</summary>
    private async Task AdvanceUntilDoneAsync(Task run, TimeSpan step)
    {
        while (!run.IsCompleted)
        {
            _time.Advance(step);
            await Task.Yield();
        }
    }
}
