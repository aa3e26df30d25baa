using VmNodeOps.Kubernetes;
using VmNodeOps.Tests.Execution;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Locking;

/// <summary>Two who want the same node, over HTTPS.</summary>
public sealed class TwoActorsTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Fact]
    public async Task Of_two_runs_at_once_exactly_one_acts_and_the_other_names_it()
    {
        await using var scene = await StartAsync();
        using var other = KubernetesCluster.FromKubeConfig(
            scene.KubeconfigPath, options: new KubernetesClusterOptions { TimeProvider = scene.Cluster.Time, UserAgent = "other", JitterSeed = 2 });

        var reports = await Task.WhenAll(scene.Runner.RunAsync(Shutdown), new MaintenanceRunner(other, scene.Cluster.Time).RunAsync(Shutdown));

        reports.Select(report => report.Result).Should().BeEquivalentTo([MaintenanceResult.Succeeded, MaintenanceResult.HeldByAnother]);
        var refused = reports.Single(report => report.Result == MaintenanceResult.HeldByAnother);
        refused.Summary.Should().Contain("held by vmnodeops/").And.Contain("since");
        refused.Writes.Should().BeEmpty();
        scene.Cluster.Requests.Writes.Where(write => write.Resource is not ("leases" or "namespaces")).Select(write => write.UserAgent)
            .Distinct().Should().ContainSingle("only one of them wrote to anything but the lock");
    }

    [Fact]
    public async Task With_patience_the_second_one_follows_and_finds_nothing_left_to_do()
    {
        await using var scene = await StartAsync();
        var patient = Shutdown.With(options => options with { Lock = new NodeLockOptions { Patience = TimeSpan.FromMinutes(10) } });

        var reports = await Task.WhenAll(scene.Runner.RunAsync(patient), scene.Runner.RunAsync(patient));

        reports.Should().OnlyContain(report => report.Succeeded);
        scene.Cluster.Requests.Of(subresource: "eviction").Where(request => request.StatusCode == 201).Should().HaveCount(1, "the machine is evicted once");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_lease_that_is_stolen_in_the_middle_ends_all_writes()
    {
        await using var scene = await StartAsync();
        var before = long.MaxValue;
        var theft = new TestStep("theft", async (context, token) =>
        {
            scene.Cluster.Objects.Change("leases", "node-worker-1", lease => lease["spec"]!["holderIdentity"] = "node-maintenance", "medik8s-leases");
            before = scene.Cluster.Requests.All.Max(request => request.Number);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, token);
            return StepOutcome.Succeeded("never");
        });

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNode("worker-1").With(options => options with { OnFailure = UndoPolicy.Undo }).Cordon().Then(theft).Drain());

        report.Result.Should().Be(MaintenanceResult.Blocked, report.ToText());
        report.Summary.Should().Contain("node-maintenance has taken the lease");
        report.Steps[0].Undo.Should().BeNull("without the lock not even an undo is written");
        scene.Cluster.Requests.Writes.Where(write => write.Number > before && write.Resource != "leases").Should().BeEmpty();
        scene.Cluster.Objects.Text("leases", "node-worker-1", "spec.holderIdentity", "medik8s-leases").Should().Be("node-maintenance");
    }

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster
        .WithNodes("worker-1", "worker-2")
        .WithVirtualMachine("db", vm => vm.On("worker-1").Behave(behavior => behavior with { ShutdownDuration = TimeSpan.FromSeconds(20) })));
}
