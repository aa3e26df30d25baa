using Microsoft.Extensions.Time.Testing;

namespace VmNodeOps.Tests.Execution;

public sealed class EventTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MaintenanceRunner _runner;
    private readonly NodeMaintenance _maintenance;

    public EventTests()
    {
        _runner = new MaintenanceRunner(new ScriptedCluster(_time).Client, _time);
        _maintenance = NodeMaintenance.OnNode("worker-3").Cordon().Then(new TestStep("talk", (context, _) =>
        {
            for (var done = 1; done <= 50; done++)
            {
                context.ReportProgress(done, 50, "on it");
            }

            return Task.FromResult(StepOutcome.Succeeded("done"));
        }));
    }

    [Fact]
    public async Task A_stream_gives_every_event_in_order_and_ends_with_the_report()
    {
        var events = await _runner.StreamAsync(_maintenance).ToListAsync();

        events.Select(it => it.Sequence).Should().Equal(Enumerable.Range(1, events.Count).Select(it => (long)it));
        events[0].Should().BeOfType<RunStarted>();
        events.OfType<StepProgressed>().Select(it => it.Done).Should().Equal(Enumerable.Range(1, 50));
        events[^1].Should().BeOfType<RunFinished>().Which.Report.Succeeded.Should().BeTrue();
        events.Should().OnlyContain(it => it.NodeName == "worker-3" && it.Describe().Length > 0);
    }

    [Fact]
    public async Task An_observer_that_throws_does_not_change_the_run()
    {
        var observer = new Observer(_ => throw new InvalidOperationException("observer bug"));

        var report = await _runner.RunAsync(_maintenance, observer: observer);

        report.Succeeded.Should().BeTrue();
        observer.Seen.Should().Be(1);
    }

    [Fact]
    public async Task An_observer_that_hangs_does_not_hold_the_run_for_long()
    {
        var observer = new Observer(async _ => await new TaskCompletionSource().Task);
        var run = _runner.RunAsync(_maintenance, observer: observer);

        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await run).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task Leaving_the_stream_cancels_the_run()
    {
        var cancelled = new TaskCompletionSource();
        var waiting = NodeMaintenance.OnNode("worker-3").Then(new TestStep("wait", async (context, token) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, token);
            }
            catch (OperationCanceledException)
            {
                cancelled.SetResult();
                throw;
            }

            return StepOutcome.Succeeded("never");
        }));

        await foreach (var maintenanceEvent in _runner.StreamAsync(waiting))
        {
            if (maintenanceEvent is StepStarted)
            {
                break;
            }
        }

        await cancelled.Task;
    }

    [Fact]
    public async Task Events_are_json_with_words_for_enums_and_a_type()
    {
        var events = await _runner.StreamAsync(_maintenance).ToListAsync();

        var json = events.Select(it => it.ToJson()).ToList();

        json.Should().OnlyContain(line => !line.Contains('\n'));
        json[0].Should().Contain("\"type\":\"runStarted\"");
        json.Should().Contain(line => line.Contains("\"result\":\"Succeeded\""));
    }

    private sealed class Observer(Func<MaintenanceEvent, ValueTask> act) : IMaintenanceObserver
    {
        public int Seen { get; private set; }

        public ValueTask OnEventAsync(MaintenanceEvent maintenanceEvent, CancellationToken cancellationToken)
        {
            Seen++;
            return act(maintenanceEvent);
        }
    }
}
