using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

/// <summary>Evicted machines followed to the end, whatever happens to their migrations; causes named in events and in the report.</summary>
public sealed class FollowedMigrationTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Fact]
    public async Task Twenty_machines_two_at_a_time_show_who_queues_who_runs_and_who_is_done_and_each_is_asked_for_once()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachines(Enumerable.Range(1, 20).Select(number => new SimulatedVirtualMachine { Name = $"vm-{number:00}" }.On("worker-1").LiveMigrate())));
        var events = await CollectAsync(scene, Shutdown);

        var report = Report(events);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        var progress = events.OfType<StepProgressed>().Where(it => it.Step == "drain").Select(it => it.Message).ToList();
        progress.Should().Contain(message => Has(message, "queued") && Has(message, "migrating") && Has(message, "done"));
        progress.Select(message => Number(message, "migrating")).Max().Should().BeLessThanOrEqualTo(4, "two run, and two that have run may be on their last moments");
        progress.Last().Should().Be("none left");
        MostAtOnce(scene).Should().Be(2);
        scene.Cluster.Requests.Of("create", "pods", "eviction").GroupBy(request => request.Name).Should().HaveCount(20).And.OnlyContain(asked => asked.Count() == 1);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        events.Where(it => it is not WriteAnswered).Select(it => it.Describe()).Should().NotContain(line => line.Contains("admission webhook"), "that an evacuation begins is no trouble");
    }

    [Fact]
    public async Task A_migration_that_fails_twice_and_then_succeeds_tells_both_failures_and_the_waits_between()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate()));
        scene.Cluster.FailNextMigrations(2);

        var events = await CollectAsync(scene, Shutdown);

        var report = Report(events);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Where(finding => finding.Code == "MigrationFailed").Should().HaveCount(2).And.OnlyContain(finding => finding.Message.StartsWith("VM default/moves: migration kubevirt-evacuation-"));
        var said = events.OfType<VirtualMachineChanged>().Select(it => it.Message).ToList();
        said.Should().Contain(message => message.StartsWith("Waits before its migration is tried again. The last attempt failed") && message.EndsWith("KubeVirt waits 20 s after that."));
        said.Should().Contain(message => message.Contains("The last 2 attempts failed") && message.EndsWith("KubeVirt waits 40 s after that."));
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().ContainSingle();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_target_that_finds_no_node_is_told_in_the_schedulers_words_and_what_helps()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("wide", vm => vm.On("worker-1").LiveMigrate() with { NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "worker-1" } }));

        var events = await CollectAsync(scene, Shutdown.With(options => options with { Timeout = TimeSpan.FromMinutes(4) }));

        var report = Report(events);
        report.Result.Should().Be(MaintenanceResult.TimedOut, report.ToText());
        events.OfType<VirtualMachineChanged>().Should().Contain(it => it.Message.StartsWith("No node takes the pod that is to receive it (Unschedulable: "));
        var cause = events.OfType<FindingRaised>().Select(it => it.Finding).Single(finding => finding.Code == "TargetUnschedulable");
        cause.Message.Should().StartWith("VM default/wide gets no further: ").And.Contain("nodes are available");
        cause.Lift.Should().Contain("node selector");
        report.Findings.Should().Contain(cause);
        report.Summary.Should().Contain("VM default/wide").And.Contain("Unschedulable");
        scene.Cluster.Guests.Of("wide").Should().ContainSingle(guest => guest.Node == "worker-1");
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().ContainSingle();
    }

    [Fact]
    public async Task An_outage_of_virt_api_in_the_middle_is_sat_out_and_nothing_is_asked_for_twice()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachines(Enumerable.Range(1, 6).Select(number => new SimulatedVirtualMachine { Name = $"vm-{number}" }.On("worker-1").LiveMigrate())));
        var run = CollectAsync(scene, Shutdown);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.On("worker-1").Count < 6, "the first has moved");

        scene.Cluster.StopVirtApi();
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(30));
        scene.Cluster.StartVirtApi();

        var report = Report(await run);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Should().OnlyContain(machine => machine.Outcome == VirtualMachineOutcome.Migrated);
        scene.Cluster.Requests.Of("create", "pods", "eviction").GroupBy(request => request.Name).Should().OnlyContain(asked => asked.Count(request => request.StatusCode == 429) <= 1);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Virt_api_that_is_down_when_machines_are_asked_for_is_named_and_awaited()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate()));
        scene.Cluster.StopVirtApi();
        var run = CollectAsync(scene, Shutdown);
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(3));
        scene.Cluster.StartVirtApi();

        var report = Report(await run);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Should().ContainSingle(finding => finding.Code == "WebhookDown").Which.Lift.Should().Contain("virt-api");
    }

    [Fact]
    public async Task A_budget_that_never_allows_is_named_with_its_numbers_and_what_would_let_it()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" }));

        var events = await CollectAsync(scene, Shutdown.With(options => options with { Timeout = TimeSpan.FromMinutes(3) }));

        var report = Report(events);
        report.Result.Should().Be(MaintenanceResult.TimedOut);
        var cause = events.OfType<FindingRaised>().Select(it => it.Finding).Should().ContainSingle(finding => finding.Code == "BudgetNeverAllows").Which;
        cause.Message.Should().Contain("default/keep-it").And.Contain("1 of 1 pods are healthy, 1 must stay, 0 may go");
        cause.Lift.Should().Contain("kubectl edit poddisruptionbudget -n default keep-it");
        report.Findings.Should().Contain(cause);
        scene.Cluster.Guests.On("worker-1").Should().ContainSingle();
    }

    [Fact]
    public async Task A_target_node_that_dies_is_named_and_the_drain_goes_on_when_it_is_recovered()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(1) })));
        scene.Cluster.SetUnschedulable("worker-3");
        var run = CollectAsync(scene, Shutdown.With(options => options with { Timeout = TimeSpan.FromHours(2) }));
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "moves", "status.migrationState.startTimestamp") is not null, "it is under way");

        scene.Cluster.CrashNode("worker-2");
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(10));
        scene.Cluster.SetUnschedulable("worker-3", unschedulable: false);
        var evidence = Evidence.OperatorConfirms("ops@example.com", "rack power off");
        var recovery = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-2").RecoverFromCrash(evidence));

        recovery.Result.Should().Be(MaintenanceResult.Succeeded, recovery.ToText());
        var report = Report(await run);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Should().Contain(finding => finding.Code == "TargetNodeDown" && finding.Message.Contains("worker-2") && finding.Lift.Contains("vmnodeops recover worker-2"));
        scene.Cluster.Guests.Of("moves").Should().ContainSingle(guest => guest.Node == "worker-3");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task An_evacuation_that_somebody_cancels_is_asked_for_once_more()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(1) })));
        scene.Cluster.StopVirtController();
        var run = scene.Runner.RunAsync(Shutdown);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "moves", "status.evacuationNodeName") is not null, "it is marked");

        await scene.Client.VirtualMachineInstances.CancelEvacuationAsync(new VmNodeOps.Cluster.ObjectName("default", "moves"), "worker-1");
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "moves", "status.evacuationNodeName") is not null, "it is marked again");
        scene.Cluster.StartVirtController();

        var report = await run;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().HaveCount(2, "once for each evacuation");
    }

    [Fact]
    public async Task A_watch_of_instances_that_is_behind_makes_nobody_ask_twice()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(1) })));
        scene.Cluster.Faults.Add(new FaultRule { Verb = "watch", Resource = "virtualmachineinstances", Effect = FaultEffect.SilenceWatch(0, TimeSpan.Zero), Times = 1 });

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        // Whether the instance had to be read for that depends on what the watch still told before it fell silent.
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().ContainSingle("nobody asks again for what is under way");
    }

    [Theory]
    [InlineData("1.2.0")]
    [InlineData("1.3.0")]
    [InlineData("1.5.0")]
    [InlineData("1.7.0")]
    [InlineData("1.9.0")]
    public async Task Every_version_of_KubeVirt_is_asked_once_per_evacuation_whatever_it_answers(string version)
    {
        await using var scene = await Scene.StartAsync(cluster => (Workers(cluster) with { KubeVirt = KubeVirtProfile.Of(version) })
            .WithVirtualMachines(Enumerable.Range(1, 6).Select(number => new SimulatedVirtualMachine { Name = $"vm-{number}" }.On("worker-1").LiveMigrate()))
            .WithVirtualMachine("late-watch", vm => vm.On("worker-1").LiveMigrate()));
        scene.Cluster.Faults.Add(new FaultRule { Verb = "watch", Resource = "virtualmachineinstances", Effect = FaultEffect.SilenceWatch(5), Times = 1 });

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Should().HaveCount(7).And.OnlyContain(machine => machine.Outcome == VirtualMachineOutcome.Migrated);
        scene.Cluster.Requests.Of("create", "pods", "eviction").GroupBy(request => request.Name).Should().HaveCount(7).And.OnlyContain(asked => asked.Count() == 1);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static SimulatedClusterBuilder Workers(SimulatedClusterBuilder cluster) => cluster.WithNodes("worker-1", "worker-2", "worker-3");

    private static MaintenanceReport Report(IEnumerable<MaintenanceEvent> events) => events.OfType<RunFinished>().Single().Report;

    private static async Task<List<MaintenanceEvent>> CollectAsync(Scene scene, NodeMaintenance maintenance)
    {
        var events = new List<MaintenanceEvent>();
        await foreach (var it in scene.Runner.StreamAsync(maintenance))
        {
            events.Add(it);
        }

        return events;
    }

    private static bool Has(string message, string word) => Number(message, word) > 0;

    private static int Number(string message, string word) =>
        message.Split(", ").Select(part => part.Split(' ', 2)).Where(part => part is [_, var what] && what == word).Select(part => int.Parse(part[0])).FirstOrDefault();

    /// <summary>How many migrations were under way at once, by the times at which they ran.</summary>
    private static int MostAtOnce(Scene scene)
    {
        var states = scene.Cluster.Objects.Names("virtualmachineinstancemigrations", _ => true)
            .Select(name => (
                From: DateTimeOffset.Parse(scene.Cluster.Objects.Text("virtualmachineinstancemigrations", name, "status.migrationState.startTimestamp")!),
                To: DateTimeOffset.Parse(scene.Cluster.Objects.Text("virtualmachineinstancemigrations", name, "status.migrationState.endTimestamp")!)))
            .ToList();
        return states.Max(one => states.Count(other => other.From <= one.From && one.From < other.To));
    }
}
