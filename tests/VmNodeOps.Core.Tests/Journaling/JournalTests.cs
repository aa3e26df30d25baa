using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Execution;

namespace VmNodeOps.Tests.Journaling;

public sealed class JournalTests
{
    private const string Label = "remediation.medik8s.io/exclude-from-remediation";
    private static readonly ObjectName Where = new("vmnodeops", "worker-3");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedCluster _cluster;
    private readonly MaintenanceRunner _runner;
    private readonly NodeMaintenance _node = NodeMaintenance.OnNode("worker-3").With(options => options with { Lock = null });

    public JournalTests()
    {
        _cluster = new ScriptedCluster(_time) { AppliesChanges = true };
        _runner = new MaintenanceRunner(_cluster.Client, _time);
    }

    private ScriptedConfigMaps Maps => _cluster.ConfigMaps;

    [Fact]
    public async Task What_was_found_is_kept_before_anything_is_changed()
    {
        var report = await _runner.RunAsync(_node.OpenWindow().Cordon());

        report.Succeeded.Should().BeTrue();
        report.Writes.Select(write => write.Verb).Should().Equal("journal", "create", "journal", "mark", "journal", "cordon", "journal");
        Journal().WasUnschedulable.Should().BeFalse();
        Journal().Labels.Should().Equal(new Dictionary<string, string?> { [Label] = null });
        Journal().Steps.Select(step => step.Step).Should().Equal("open-window", "cordon");
        _cluster.Node!.Labels.Should().Contain(Label, "true");
        _cluster.Node.Annotations.Should().Contain("vmnodeops.io/journal", "vmnodeops/worker-3");
    }

    [Fact]
    public async Task The_way_back_leaves_nothing_behind()
    {
        await _runner.RunAsync(_node.OpenWindow().Cordon());

        var report = await _runner.RunAsync(_node.ReturnToService());

        report.Succeeded.Should().BeTrue();
        _cluster.Node.Should().BeEquivalentTo(ScriptedCluster.NodeThatIs(ConditionStatus.True), options => options.Excluding(node => node.ResourceVersion));
        Maps.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task A_foreign_cordon_and_a_foreign_label_are_put_back()
    {
        var before = _cluster.Node = _cluster.Node! with { Unschedulable = true, Labels = new Dictionary<string, string> { [Label] = "false", ["a"] = "b" } };
        await _runner.RunAsync(_node.OpenWindow().Cordon());

        var report = await _runner.RunAsync(_node.ReturnToService());

        report.Succeeded.Should().BeTrue();
        report.Findings.Should().Contain(finding => finding.Code == "CordonedBefore");
        _cluster.Node.Should().BeEquivalentTo(before, options => options.Excluding(node => node.ResourceVersion));
    }

    [Fact]
    public async Task A_run_that_died_after_the_cordon_is_known_to_have_cordoned()
    {
        await _runner.RunAsync(_node.OpenWindow().Cordon().Then(new TestStep("died", (_, _) => Task.FromResult(StepOutcome.Failed("Died", "died")))));

        var again = await _runner.RunAsync(_node.With(options => options with { OnFailure = UndoPolicy.Undo })
            .OpenWindow().Cordon().Then(new TestStep("again", (_, _) => Task.FromResult(StepOutcome.Failed("Again", "again")))));

        again.Findings.Should().Contain(finding => finding.Code == "Resumes");
        _cluster.Node!.Unschedulable.Should().BeFalse("the second run undoes what the first one did");
        Maps.Stored.Should().ContainKey(Where, "the window was open before it");
    }

    [Fact]
    public async Task Undo_closes_the_window_that_it_opened()
    {
        var before = _cluster.Node;

        var report = await _runner.RunAsync(_node.With(options => options with { OnFailure = UndoPolicy.Undo })
            .OpenWindow().Cordon().Then(new TestStep("fails", (_, _) => Task.FromResult(StepOutcome.Failed("No", "no")))));

        report.Result.Should().Be(MaintenanceResult.Failed);
        _cluster.Node.Should().BeEquivalentTo(before, options => options.Excluding(node => node!.ResourceVersion));
        Maps.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task A_cordon_that_nobody_kept_a_journal_of_is_not_lifted()
    {
        _cluster.Node = _cluster.Node! with { Unschedulable = true };

        var report = await _runner.RunAsync(_node.ReturnToService());

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Contain("kubectl uncordon worker-3");
        _cluster.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Unless_that_is_asked_for()
    {
        _cluster.Node = _cluster.Node! with { Unschedulable = true };

        var report = await _runner.RunAsync(_node.ReturnToService(options => options with { EvenIfCordonedByOthers = true }));

        report.Succeeded.Should().BeTrue();
        _cluster.Node.Unschedulable.Should().BeFalse();
    }

    [Theory]
    [InlineData("\"schemaVersion\":1", "\"schemaVersion\":2", "newer VmNodeOps")]
    [InlineData("\"wasUnschedulable\":false", "\"wasUnschedulable\":true", "changed by hand")]
    [InlineData("{", "", "changed by hand")]
    public async Task A_journal_that_cannot_be_trusted_is_refused_and_nothing_is_written(string what, string with, string why)
    {
        await _runner.RunAsync(_node.OpenWindow().Cordon());
        var stored = Maps.Stored[Where];
        var edited = stored.Data.ToDictionary(pair => pair.Key, pair => pair.Value.Replace(what, with, StringComparison.Ordinal));
        Maps.Stored[Where] = stored with { Data = edited };
        Maps.Calls.Clear();
        _cluster.Changes.Clear();

        foreach (var maintenance in new[] { _node.OpenWindow().Cordon(), _node.ReturnToService() })
        {
            var report = await _runner.RunAsync(maintenance);

            report.Result.Should().Be(MaintenanceResult.Refused);
            report.Summary.Should().Contain(why).And.Contain("vmnodeops/worker-3").And.Contain("delete it");
        }

        Maps.Calls.Should().BeEmpty();
        _cluster.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_journal_counts_for_its_own_node_only()
    {
        await _runner.RunAsync(_node.OpenWindow());
        var stored = Maps.Stored[Where];
        Maps.Stored.Clear();
        var elsewhere = new ObjectName("vmnodeops", "worker-4");
        Maps.Stored[elsewhere] = stored with { Name = elsewhere };
        _cluster.Node = _cluster.Node! with { Name = new ObjectName("worker-4"), Annotations = new Dictionary<string, string>() };

        var report = await _runner.RunAsync(NodeMaintenance.OnNode("worker-4").OpenWindow());

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Contain("journal of another node");
    }

    [Fact]
    public async Task A_journal_of_an_earlier_node_of_the_same_name_is_refused()
    {
        await _runner.RunAsync(_node.OpenWindow());
        _cluster.Node = _cluster.Node! with { Uid = "uid-2" };

        var report = await _runner.RunAsync(_node.OpenWindow());

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Contain("earlier node of the same name");
    }

    [Fact]
    public async Task A_lost_answer_does_not_make_it_foreign()
    {
        Maps.Namespaces.Add("vmnodeops");
        Maps.LoseAnswerOfCreate = new ClusterException(ClusterErrorCause.ConnectionLost, "cut") { MayHaveBeenApplied = true };
        var run = _runner.RunAsync(_node.OpenWindow());
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await run).Succeeded.Should().BeTrue();
        Maps.Calls.Count(call => call == "create").Should().Be(2);
    }

    [Fact]
    public async Task A_machine_that_is_stopped_by_the_maintenance_is_owed_a_start_in_the_journal()
    {
        var db = new ObjectName("prod", "db");
        var stop = new JournaledStop { MachineUid = "vm-1", RunStrategy = RunStrategy.Always, At = _time.GetUtcNow() };
        var stops = new TestStep("stops", async (context, token) =>
        {
            var journal = OpenJournal.Find(context)!;
            await journal.AddAsync(context, [new JournaledMachine { Name = db, InstanceUid = "vmi-1", Fate = VirtualMachineFate.Blocks }], token);
            await journal.NoteStopAsync(context, db, stop, token);
            return StepOutcome.Succeeded("stopped");
        });
        await _runner.RunAsync(_node.OpenWindow().Then(stops));

        Journal().Machines.Should().ContainSingle().Which.StoppedByUs.Should().Be(stop);
        var starts = new TestStep("starts", async (context, token) =>
        {
            await OpenJournal.Find(context)!.NoteStopAsync(context, db, stop with { StartedAt = _time.GetUtcNow() }, token);
            return StepOutcome.Succeeded("started");
        });
        await _runner.RunAsync(_node.OpenWindow().Then(starts));

        Journal().Machines.Should().ContainSingle().Which.StoppedByUs!.StartedAt.Should().Be(_time.GetUtcNow());
    }

    private MaintenanceJournal Journal()
    {
        var (journal, objection) = JournalText.Read(Maps.Stored[Where], "worker-3");
        objection.Should().BeNull();
        return journal!;
    }
}
