using System.Collections.Concurrent;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

/// <summary>Others act on the same node and the same machines while it is emptied.</summary>
public sealed class MeddlingTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Theory]
    [InlineData("moves")]
    [InlineData("restarts")]
    public async Task A_machine_that_its_owner_stops_meanwhile_is_not_waited_for(string name)
    {
        await using var scene = await StartAsync();
        using var owner = scene.Cluster.Time.CreateTimer(
            _ => scene.Cluster.Objects.Change("virtualmachines", name, machine => machine["spec"]!["runStrategy"] = "Halted"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Guests.Of(name).Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_somebody_uncordons_meanwhile_is_cordoned_again_and_that_is_told()
    {
        await using var scene = await StartAsync();

        using var meddler = Uncordon(scene, times: 1);
        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Where(finding => finding.Code == "UncordonedByOthers").Should().ContainSingle().Which.Message.Should().EndWith("it is cordoned again.");
        IsCordoned(scene).Should().BeTrue();
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task Whoever_insists_on_uncordoning_has_the_last_word_and_is_named()
    {
        await using var scene = await StartAsync();
        using var meddler = Uncordon(scene, times: 9);

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Blocked, report.ToText());
        report.Writes.Count(write => write.Verb == "cordon").Should().Be(4, "once for the cordon, and three times again");
        report.Findings.Where(finding => finding.Code == "UncordonedByOthers").Should().HaveCount(4)
            .And.Subject.Last().Lift.Should().EndWith("kubectl cordon worker-1");
        var last = report.Steps[^1].Outcome;
        last.Code.Should().Be("ComesBackToNode");
        last.Message.Should().StartWith("VM default/restarts: left node worker-1 3 times, and was started on it again each time. The node is schedulable. Cordon it (kubectl cordon worker-1)");
    }

    [Fact]
    public async Task A_machine_that_comes_back_to_a_node_without_a_cordon_leaves_it_once_more()
    {
        await using var scene = await StartAsync();
        scene.Cluster.SetUnschedulable("worker-2");
        scene.Cluster.SetUnschedulable("worker-3");
        // With the second eviction, before it is answered.
        var asked = new ConcurrentDictionary<string, bool>();
        using var repair = scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "create",
            Resource = "pods",
            Subresource = "eviction",
            Effect = FaultEffect.Choose(request =>
            {
                if (request.Name!.Contains("restarts", StringComparison.Ordinal) && asked.TryAdd(request.Name, true) && asked.Count == 2)
                {
                    scene.Cluster.SetUnschedulable("worker-1");
                    scene.Cluster.SetUnschedulable("worker-3", false);
                }

                return null;
            }),
        });

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1")
            .Drain(drain => drain with { Preflight = drain.Preflight with { ProceedWithoutFittingNode = true } }).WaitUntilVirtualMachinesRunElsewhere());

        Evicted(scene, "restarts").Should().HaveCount(2);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    /// <summary>Whenever the node is found cordoned, by the cluster's own clock, once it is being emptied.</summary>
    private static ITimer Uncordon(Scene scene, int times)
    {
        var done = 0;
        return scene.Cluster.Time.CreateTimer(
            _ =>
            {
                if (done < times && IsCordoned(scene) && scene.Cluster.Requests.Of("create", "pods", "eviction").Count > 0)
                {
                    done++;
                    scene.Cluster.SetUnschedulable("worker-1", false);
                }
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private static IReadOnlyCollection<string> Evicted(Scene scene, string machine) =>
        [.. scene.Cluster.Requests.Of("create", "pods", "eviction").Select(request => request.Name!).Where(pod => pod.Contains(machine, StringComparison.Ordinal)).Distinct()];

    private static bool IsCordoned(Scene scene) => scene.Cluster.Objects.Text("nodes", "worker-1", "spec.unschedulable", ns: null) is "true" or "True";

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2", "worker-3")
        .WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate())
        .WithVirtualMachine("restarts", vm => vm.On("worker-1").WithDisk().Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(60) })));
}
