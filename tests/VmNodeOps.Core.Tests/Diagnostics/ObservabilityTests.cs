using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.DependencyInjection;
using VmNodeOps.Tests.Execution;

namespace VmNodeOps.Tests.Diagnostics;

/// <summary>What docs/observability.md promises, heard by listeners as a user's program would.</summary>
public sealed class ObservabilityTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _document = File.ReadAllText(Path.Combine(Here(), "..", "..", "..", "docs", "observability.md"));

    [Fact]
    public async Task A_run_is_an_activity_and_its_steps_are_its_children()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var mine = new Activity("the program's own").Start();

        await Runner().RunAsync(NodeMaintenance.OnNode("worker-3").Cordon().Then(new TestStep("break", (_, _) => Task.FromResult(StepOutcome.Failed("Broken", "it broke")))));

        var run = ended.Should().ContainSingle(activity => activity.ParentId == mine.Id).Which;
        run.OperationName.Should().Be("vmnodeops.run");
        run.Tags.Should().Equal([new("k8s.node.name", "worker-3"), new("vmnodeops.result", "Failed")]);
        ended.Where(activity => activity.ParentId == run.Id).Select(activity => (activity.OperationName, activity.Status))
            .Should().Equal(("vmnodeops.step.cordon", ActivityStatusCode.Unset), ("vmnodeops.step.break", ActivityStatusCode.Error));
    }

    [Fact]
    public async Task Runs_writes_and_the_time_away_are_metered()
    {
        var measured = new ConcurrentQueue<string>();
        using var listener = Listen((instrument, value, tags) => measured.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags)}"));
        var maintenance = NodeMaintenance.OnNode("worker-3").Then(new TestStep("act", ActAsync));

        await Runner().RunAsync(maintenance);

        measured.Should().Contain("vmnodeops.runs 1 [vmnodeops.result, Succeeded]")
            .And.Contain("vmnodeops.writes 1 [vmnodeops.verb, observed] [vmnodeops.result, Accepted]")
            .And.Contain("vmnodeops.vm.away 42.5 [vmnodeops.outcome, Restarted]");
    }

    [Fact]
    public void Every_instrument_is_documented_with_its_unit()
    {
        var published = new ConcurrentQueue<Instrument>();
        RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => published.Enqueue(instrument) };
        listener.Start();

        var ours = published.Where(instrument => instrument.Meter.Name == Telemetry.Name).ToList();

        ours.Should().NotBeEmpty();
        ours.Should().OnlyContain(instrument => _document.Contains($"| `{instrument.Name}` | ") && _document.Contains($", `{instrument.Unit}` |"));
    }

    [Fact]
    public void Every_log_message_is_documented_with_its_id_name_and_level()
    {
        var messages = typeof(NodeMaintenance).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => (method.Name, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Message is not null)
            .Select(method => $"| {method.Message!.EventId} | `{method.Name}` | {method.Message.Level} | ")
            .ToList();

        messages.Should().NotBeEmpty().And.OnlyHaveUniqueItems();
        messages.Should().OnlyContain(row => _document.Contains(row));
    }

    [Fact]
    public async Task The_end_of_a_run_is_logged_under_the_documented_category_and_name()
    {
        using var log = new ListLoggerProvider();
        using var factory = new LoggerFactory([log]);

        await new MaintenanceRunner(new ScriptedCluster(_time).Client, _time, factory.CreateLogger<MaintenanceRunner>())
            .RunAsync(NodeMaintenance.OnNode("worker-3").Cordon());

        log.Lines.Should().Contain(line => line.StartsWith("VmNodeOps.MaintenanceRunner 1 RunEvent Information Node worker-3"));
    }

    private MaintenanceRunner Runner() => new(new ScriptedCluster(_time).Client, _time);

    private static async Task<StepOutcome> ActAsync(StepContext context, CancellationToken cancellationToken)
    {
        var intent = new WriteIntent { Verb = "observed", Target = Refer.To(context.Node.Planned) };
        await context.Gate.WriteAsync(intent, (cluster, token) => cluster.Nodes.ChangeAsync(context.Node.Planned.Identity, new NodeChange(), null, token), cancellationToken);
        context.Machines.Enter(new VirtualMachineReport
        {
            Name = new ObjectName("prod", "db"),
            InstanceUid = "1",
            From = "worker-3",
            ExpectedFate = VirtualMachineFate.RestartsElsewhere,
            Outcome = VirtualMachineOutcome.Restarted,
            AwayFor = TimeSpan.FromSeconds(42.5),
        });
        return StepOutcome.Succeeded("acted");
    }

    private static MeterListener Listen(Action<Instrument, object, KeyValuePair<string, object?>[]> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => heard(instrument, value, tags.ToArray()));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => heard(instrument, value, tags.ToArray()));
        listener.Start();
        return listener;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
