using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Death;

/// <summary>The judges of these tests can fail: with the gate's evidence check taken out, they do.</summary>
public sealed class CounterProofTests(ITestOutputHelper output)
{
    private const string NodeName = "node-1";
    private const int Machines = 8;

    [Fact]
    public async Task A_gate_without_its_evidence_check_breaks_the_invariants()
    {
        var (sentWith, doublesWith) = await RecoverAsync(withoutProof: false);
        var (sentWithout, doublesWithout) = await RecoverAsync(withoutProof: true);

        var line = $"counter-proof: pods destroyed on a node known to live: {sentWith} with the evidence check, {sentWithout} without; guests that ran twice: {doublesWith} with, {doublesWithout} without";
        output.WriteLine(line);
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "kill-points-counter-proof.txt"), line + "\n");
        sentWith.Should().Be(0);
        sentWithout.Should().BeGreaterThan(0, "the checker must be able to fail");
        doublesWithout.Should().BeGreaterThan(doublesWith);
    }

    [Fact]
    public void Nothing_that_is_shipped_takes_the_check_out()
    {
        typeof(MaintenanceOptions).GetProperty("WithoutProof").Should().BeNull("it is not public");
        new MaintenanceOptions().WithoutProof.Should().BeFalse();
        Architecture.Calls.In(typeof(MaintenanceOptions).Assembly).Where(call => call.Callee.Name == "set_WithoutProof" && call.Caller.DeclaringType != typeof(MaintenanceOptions)).Should().BeEmpty();
    }

    /// <summary>A node that was only cut off comes back for a moment after the first of its machines was taken from it, and the watch is deaf: only the gate can know.</summary>
    /// <returns>How many pods were destroyed later than <see cref="MaintenanceOptions.NodeFreshness"/> after the node was Ready, and how many guests ran twice.</returns>
    private static async Task<(int Sent, int Doubles)> RecoverAsync(bool withoutProof)
    {
        await using var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, Machines).Aggregate(
            cluster.WithNodes(NodeName, "node-2", "node-3"), (builder, number) => builder.WithVirtualMachine($"vm-{number}", vm => vm.On(NodeName).WithDisk())));
        scene.Cluster.CutOffNode(NodeName);
        await scene.IsSilentAsync(NodeName);
        scene.Cluster.Faults.Add(new FaultRule { Verb = "watch", Resource = "nodes", Effect = FaultEffect.SilenceWatch() });
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Namespace = "default",
            Times = 1,
            Effect = FaultEffect.Choose(_ =>
            {
                scene.Cluster.ReconnectNode(NodeName);
                return null;
            }),
        });
        scene.Cluster.Faults.Add(new FaultRule { Verb = "delete", Resource = "pods", Namespace = "default", Effect = FaultEffect.DelayAnswer(TimeSpan.FromSeconds(3)) });

        // It flaps: after it was Ready it is cut off again, so that its guests run on unseen.
        var since = DateTimeOffset.MaxValue;
        async Task FlapAsync()
        {
            await scene.Cluster.UntilAsync(() => scene.Ready(NodeName) == "True", "it is back");
            since = scene.Cluster.Time.GetUtcNow() + TimeSpan.FromSeconds(2);
            scene.Cluster.CutOffNode(NodeName);
        }

        var flap = FlapAsync();
        await scene.Runner.RunAsync(Crashes.RecoveryOf(NodeName).With(options => options with { MaxParallelism = 1, WithoutProof = withoutProof, Timeout = TimeSpan.FromMinutes(5) }));

        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(2));
        await flap;
        var sent = scene.OurWrites().Count(write => write is { Verb: "delete", Resource: "pods", Namespace: "default" } && write.Time > since);
        return (sent, scene.Cluster.Guests.Doubles.Count);
    }
}
