using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>A node that was only cut off comes back while its machines are being taken from it.</summary>
public sealed class ReadyInTheMiddleTests
{
    private const int Machines = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task Nothing_is_sent_after_the_run_has_read_it(int returnsAfter)
    {
        await using var scene = await CutOffAsync();
        var deletions = 0;
        // Each deletion takes a second, so that the node's return is told between two.
        scene.Cluster.Faults.Add(new FaultRule { Verb = "delete", Resource = "pods", Namespace = "default", Effect = FaultEffect.DelayAnswer(TimeSpan.FromSeconds(1)) });
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Namespace = "default",
            Effect = FaultEffect.Choose(_ =>
            {
                if (Interlocked.Increment(ref deletions) == returnsAfter)
                {
                    scene.Cluster.ReconnectNode("node-1");
                }

                return null;
            }),
        });

        var report = await scene.Runner.RunAsync(
            Crashes.RecoveryOf("node-1").With(options => options with { MaxParallelism = 1, OnFailure = UndoPolicy.Undo }));

        await LateOnesAsync(scene);
        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("node-1 is Ready").And.Contain("no longer holds");
        var readyAt = scene.Cluster.Objects.Get("nodes", "node-1", ns: null)!["status"]!["conditions"]!.AsArray()
            .First(condition => (string)condition!["type"]! == "Ready")!["lastTransitionTime"]!.GetValue<string>();
        var sent = scene.OurWrites().Where(write => write.Namespace == "default").ToList();
        sent.Count.Should().BeGreaterThanOrEqualTo(returnsAfter).And.BeLessThan(Machines, $"the node was Ready at {readyAt}");
        sent.Should().OnlyContain(write => write.Time <= DateTimeOffset.Parse(readyAt, System.Globalization.CultureInfo.InvariantCulture) + TimeSpan.FromSeconds(2));
        report.Writes.Where(write => write is { Verb: "force-delete", Step: "release-machines" }).Should().HaveCount(sent.Count(write => write.Verb == "delete"), "the report lists what was sent");
        scene.OurWrites()[^1].Should().BeSameAs(sent[^1], "not even an undo follows");
        scene.Attachments("node-1").Should().HaveCountGreaterThanOrEqualTo(Machines - returnsAfter - 1, "volumes come after machines");
    }

    [Fact]
    public async Task Those_in_flight_may_follow_and_are_listed()
    {
        await using var scene = await CutOffAsync();
        var reconnected = 0;
        scene.Cluster.Faults.Add(new FaultRule { Verb = "delete", Resource = "pods", Namespace = "default", Effect = FaultEffect.Delay(TimeSpan.FromSeconds(20)) });
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Namespace = "default",
            Effect = FaultEffect.Choose(_ =>
            {
                if (Interlocked.Increment(ref reconnected) == 4)
                {
                    scene.Cluster.ReconnectNode("node-1");
                }

                return null;
            }),
        });

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { MaxParallelism = 4 }));

        await LateOnesAsync(scene);
        report.ShouldHave(MaintenanceResult.Blocked);
        scene.OurWrites().Count(write => write is { Verb: "delete", Resource: "pods", Namespace: "default" }).Should().Be(4);
        report.Writes.Where(write => write is { Verb: "force-delete", Step: "release-machines" }).Should().HaveCount(4).And.OnlyContain(write => write.Result == WriteResult.Unknown);
    }

    [Fact]
    public async Task A_watch_that_has_gone_deaf_does_not_hide_it()
    {
        await using var scene = await CutOffAsync();
        scene.Cluster.Faults.Add(new FaultRule { Verb = "watch", Resource = "nodes", Effect = FaultEffect.SilenceWatch() });
        var deletions = 0;
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Namespace = "default",
            Effect = FaultEffect.Choose(_ =>
            {
                if (Interlocked.Increment(ref deletions) == 2)
                {
                    scene.Cluster.ReconnectNode("node-1");
                }

                return FaultEffect.DelayAnswer(TimeSpan.FromSeconds(1));
            }),
        });

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { MaxParallelism = 1 }));

        await LateOnesAsync(scene);
        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("node-1 is Ready");
        scene.OurWrites().Count(write => write is { Verb: "delete", Resource: "pods", Namespace: "default" }).Should()
            .BeLessThanOrEqualTo(6, "a read of the node is at most two seconds old when something is sent, and each deletion takes one");
    }

    [Fact]
    public async Task A_node_object_that_is_deleted_in_the_middle_is_no_sign_of_life()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        var deletion = new Execution.TestStep("delete-node", (_, _) =>
        {
            scene.Cluster.Objects.Delete("nodes", "node-1", ns: null);
            return Task.FromResult(StepOutcome.Succeeded("deleted"));
        });

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("node-1").Then(deletion).RecoverFromCrash(Crashes.Operator));

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");
        scene.Attachments("node-1").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_was_replaced_under_its_name_in_the_middle_is_not_written_to()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        var replacement = new Execution.TestStep("replace", async (_, token) =>
        {
            scene.Cluster.ReplaceNode("node-1");
            await scene.Cluster.UntilAsync(() => scene.Ready("node-1") == "True", "the new node is Ready", cancellationToken: token);
            return StepOutcome.Succeeded("replaced");
        });

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(Crashes.Operator).Then(replacement).Cordon().ReleaseVirtualMachines().ReleaseVolumes());

        report.ShouldHave(MaintenanceResult.Blocked);
        // The node's lease went with it, so the lock may be the first to notice.
        report.Steps.Select(step => step.Outcome.Code).Should().ContainSingle(code => code == "NodeReplaced" || code == "LockLost");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_reboots_in_the_middle_stops_it_as_well()
    {
        await using var scene = await CutOffAsync();
        var deletions = 0;
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Namespace = "default",
            Effect = FaultEffect.Choose(_ =>
            {
                if (Interlocked.Increment(ref deletions) == 3)
                {
                    scene.Cluster.RebootNode("node-1");
                    scene.Cluster.ReconnectNode("node-1");
                }

                return FaultEffect.DelayAnswer(TimeSpan.FromSeconds(30));
            }),
        });

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { MaxParallelism = 1 }));

        await LateOnesAsync(scene);
        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().ContainAny("has booted since", "is Ready");
        scene.OurWrites().Count(write => write is { Verb: "delete", Resource: "pods", Namespace: "default" }).Should().BeLessThan(6);
        scene.Cluster.Guests.Doubles.Should().BeEmpty("the machine's power was cut before another guest started");
    }

    [Fact]
    public async Task A_node_that_is_Ready_again_before_the_evidence_is_asked_for_is_not_written_to()
    {
        await using var scene = await CutOffAsync();
        var source = new AskedSource(async () =>
        {
            scene.Cluster.ReconnectNode("node-1");
            await scene.Cluster.UntilAsync(() => scene.Ready("node-1") == "True", "node-1 is back");
        });

        var report = await scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").RecoverFromCrash(source));

        report.ShouldHave(MaintenanceResult.Blocked);
        scene.OurWrites().Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    /// <summary>Whatever was under way when the run ended has arrived, and stands in the log.</summary>
    private static Task LateOnesAsync(Scene scene) => scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(2));

    private static async Task<Scene> CutOffAsync()
    {
        var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, Machines).Aggregate(
            cluster.WithNodes("node-1", "node-2", "node-3"), (builder, number) => builder.WithVirtualMachine($"vm-{number}", vm => vm.On("node-1").WithDisk())));
        scene.Cluster.CutOffNode("node-1");
        await scene.IsSilentAsync("node-1");
        return scene;
    }

    /// <summary>Says that the node is down, whatever happens while it is asked.</summary>
    private sealed class AskedSource(Func<Task> meanwhile) : IEvidenceSource
    {
        public string Description => "a source that takes its time";

        public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
        {
            await meanwhile();
            return EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "test", "it is off", TimeSpan.FromMinutes(10)));
        }
    }
}
