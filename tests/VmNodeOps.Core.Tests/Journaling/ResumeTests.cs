using VmNodeOps.Cluster;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Journaling;

/// <summary>Going on from the journal alone: nobody says again what was to be done.</summary>
public sealed class ResumeTests
{
    private const string Node = "node-2";

    [Fact]
    public async Task A_drain_that_was_cut_short_is_gone_on_with_in_its_own_steps_and_options()
    {
        await using var scene = await StartAsync();
        await CutShortAsync(scene, NodeMaintenance.OnNode(Node).With(options => options with { Timeout = TimeSpan.FromMinutes(50), MaxParallelism = 3 })
            .GracefulShutdown(drain => drain with { FirstRetry = TimeSpan.FromSeconds(3) }));

        var unfinished = await scene.Runner.FindUnfinishedAsync(Node);
        var report = await scene.Runner.ResumeAsync(Node);

        unfinished.Maintenance!.Options.Should().Match<MaintenanceOptions>(options => options.Timeout == TimeSpan.FromMinutes(50) && options.MaxParallelism == 3);
        unfinished.Journal!.Procedure!.Steps.Single(step => step.Name == "drain").Options!.Value.GetProperty("firstRetry").GetString().Should().Be("00:00:03");
        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Steps.Select(step => step.Step).Should().Contain(["open-window", "cordon", "drain", "verify-elsewhere"]);
        scene.Cluster.Guests.On(Node).Should().BeEmpty();
    }

    [Fact]
    public async Task A_return_that_was_cut_short_is_gone_on_with_and_the_drain_before_it_is_not()
    {
        await using var scene = await StartAsync();
        (await scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).GracefulShutdown())).EnsureSucceeded();
        scene.Cluster.CrashNode(Node);
        await scene.IsSilentAsync(Node);
        using var cancel = new CancellationTokenSource();
        var back = scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).ReturnToService(), cancellationToken: cancel.Token);
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => back).Should().ThrowAsync<MaintenanceCanceledException>();
        scene.Cluster.PowerOnNode(Node);

        var report = await scene.Runner.ResumeAsync(Node);

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Steps.Select(step => step.Step).Should().Contain(["wait-until-ready", "uncordon", "close-window"]).And.NotContain("drain");
        scene.IsCordoned(Node).Should().BeFalse();
        scene.Cluster.Objects.Names("configmaps", ns: "vmnodeops").Should().BeEmpty();
    }

    [Fact]
    public async Task A_recovery_is_not_gone_on_with_on_old_evidence()
    {
        await using var scene = await StartAsync();
        await scene.CrashAsync(Node);
        await CutShortAsync(scene, Crashes.RecoveryOf(Node));
        scene.Cluster.Requests.Clear();

        var without = await scene.Runner.ResumeAsync(Node);
        var written = scene.OurWrites().Count;
        var with = await scene.Runner.ResumeAsync(Node, Crashes.Operator);

        without.ShouldHave(MaintenanceResult.Refused);
        without.Summary.Should().Contain("proves nothing about now").And.Contain("evidence anew");
        written.Should().Be(0);
        with.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Steps_of_ones_own_are_refused_by_name_and_nothing_is_written()
    {
        await using var scene = await StartAsync();
        await CutShortAsync(scene, NodeMaintenance.OnNode(Node).GracefulShutdown().ThenCall("power-off", (_, _) => Task.CompletedTask));
        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.ResumeAsync(Node);

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("'power-off'").And.Contain("Run the same composition again");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Where_nothing_is_under_way_that_is_said()
    {
        await using var scene = await StartAsync();

        var report = await NodeMaintenance.ResumeAsync(scene.Client, Node);

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Be(
            "No maintenance of node node-2 is under way: there is no journal in config map vmnodeops/node-2, and the node points at no other. Begin one: drain the node, recover it, or return it to service.");
    }

    [Fact]
    public void Every_procedure_can_be_composed_again_from_what_its_journal_keeps()
    {
        var procedures = new[]
        {
            NodeMaintenance.OnNode(Node).GracefulShutdown(),
            NodeMaintenance.OnNode(Node).ReturnToService(back => back with { EvenIfCordonedByOthers = true }),
            Crashes.RecoveryOf(Node),
            Crashes.RecoveryOf(Node, _ => RecoveryOptions.AsByHand with { DetachTimeout = TimeSpan.FromMinutes(7) }),
            Crashes.RecoveryOf(Node, options => options with { First = "tier=db", StartWhatStaysDown = true }).TogetherWith(Node, "node-3"),
        };

        foreach (var procedure in procedures)
        {
            var kept = StepMemory.Of(procedure);
            var journal = JournalText.Read(new ConfigMap { Name = new ObjectName("a", "b"), Uid = "1", Data = JournalText.Write(Journal(kept)) }, Node).Journal!;

            var (again, objection) = StepMemory.Compose(journal, Crashes.Operator);

            objection.Should().BeNull();
            StepMemory.Of(again!).Should().BeEquivalentTo(kept, options => options.ComparingByMembers<JournaledProcedureStep>()
                .Using<System.Text.Json.JsonElement>(context => context.Subject.GetRawText().Should().Be(context.Expectation.GetRawText())).WhenTypeIs<System.Text.Json.JsonElement>());
        }
    }

    private static MaintenanceJournal Journal(JournaledProcedure procedure) =>
        new() { NodeName = Node, NodeUid = "1", OpenedAt = default, OpenedBy = "test", WasUnschedulable = false, Procedure = procedure };

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster
        .WithNodes("node-1", Node, "node-3")
        .WithVirtualMachine("db", vm => vm.On(Node).WithDisk())
        .WithVirtualMachine("web", vm => vm.On(Node).LiveMigrate().WithDisk(shared: true)));

    /// <summary>Cancels the run as soon as it has taken something from the node.</summary>
    private static async Task CutShortAsync(Scene scene, NodeMaintenance maintenance)
    {
        using var cancel = new CancellationTokenSource();
        var run = scene.Runner.RunAsync(maintenance, cancellationToken: cancel.Token);
        await scene.Cluster.UntilAsync(
            () => scene.OurWrites().Any(write => write.Subresource == "eviction" || write is { Verb: "delete", Resource: "pods" }), "it acts");
        await cancel.CancelAsync();
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        run.IsCanceled.Should().BeTrue();
    }
}
