using VmNodeOps.Testing;
using static VmNodeOps.VirtualMachineTreatment;

namespace VmNodeOps.Tests.Treatment;

/// <summary>One node with every fate on it: the plan says what KubeVirt's rules say, and what then happens is what the plan said, by the word of the hosts.</summary>
public sealed class EveryFateTests
{
    private static readonly VirtualMachinePolicy Policy = new()
    {
        StaysDown = Proceed,
        WouldBeLost = Proceed,
        RestartsOnlyIfKilled = ShutDownUntilReturn,
        Blocks = ShutDownThenStart,
        Choose = static (machine, _) => machine.Name.Name == "shut" ? ShutDownUntilReturn : null,
        Rules =
        [
            new VirtualMachineRule { Labels = "leave=me", Treatment = Skip },
            new VirtualMachineRule { Namespace = "default", Name = "once", Treatment = ShutDownThenStart },
            new VirtualMachineRule { Name = "running", Fates = [VirtualMachineFate.RestartsElsewhere], Treatment = ShutDownThenStart },
        ],
    };

    [Fact]
    public async Task The_plan_tells_each_fate_as_the_golden_file_has_it_and_a_default_run_touches_nothing()
    {
        await using var scene = await FateScene.StartAsync();
        var before = scene.WhereGuestsRun();

        var plan = await scene.Runner.PlanAsync(NodeMaintenance.OnNode(FateScene.Node).GracefulShutdown());
        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode(FateScene.Node).GracefulShutdown());

        string.Join('\n', plan.VirtualMachines.Select(Describe)).Should().Be(Golden());
        report.Result.Should().Be(MaintenanceResult.Refused);
        plan.Steps.SelectMany(step => step.Findings).Where(finding => finding.Severity == FindingSeverity.Refusal).Select(finding => (finding.Object!.Name.Name, finding.Code))
            .Should().BeEquivalentTo([
                ("bare", "WouldBeLost"), ("manual", "StaysDown"), ("once", "StaysDown"), ("rerun", "RestartsOnlyIfKilled"), ("stuck", "NotMigratable"),
            ]);
        plan.Steps.SelectMany(step => step.Findings).Where(finding => finding.Severity == FindingSeverity.Refusal).Should().OnlyContain(finding => finding.Lift.Contains("set the policy for"));
        scene.Cluster.Requests.Writes.Should().BeEmpty();
        scene.WhereGuestsRun().Should().Equal(before);
    }

    [Fact]
    public async Task What_happens_is_what_the_plan_said()
    {
        await using var scene = await FateScene.StartAsync();
        var shutdown = NodeMaintenance.OnNode(FateScene.Node).GracefulShutdown(drain => drain with { Policy = Policy });
        var plan = await scene.Runner.PlanAsync(shutdown);

        var run = scene.Runner.RunAsync(shutdown);
        await MoveExternallyAsync(scene.Cluster, "external");
        var report = await run;

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        foreach (var machine in plan.VirtualMachines)
        {
            var nodes = scene.Cluster.Guests.Of(machine.Name.Name).Select(guest => guest.Node).ToList();
            nodes.Should().HaveCount(Runs(machine) ? 1 : 0, $"{machine.Name} was to fare as {machine.Fate} under {machine.Treatment}\n{report.ToText()}");
            nodes.Should().NotContain(node => (node == FateScene.Node) != (machine.Treatment == Skip), machine.Name.ToString());
        }

        scene.Cluster.Guests.Running.Should().ContainSingle(guest => guest.Name.StartsWith("set") && guest.Node != FateScene.Node, "the set has another one");
        scene.Cluster.Guests.Of("paused").Single().IsPaused.Should().BeTrue();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        scene.Cluster.Objects.Get("pods", "virt-launcher-orphan-x1y2z").Should().BeNull();
        Settings(scene.Cluster).Should().Equal("once: Once/", "rerun: RerunOnFailure/", "running: /true", "shut: Halted/", "stuck: Always/");

        var back = await scene.Runner.RunAsync(NodeMaintenance.OnNode(FateScene.Node).ReturnToService());

        back.Result.Should().Be(MaintenanceResult.Succeeded, back.ToText());
        Settings(scene.Cluster).Should().Equal("once: Once/", "rerun: RerunOnFailure/", "running: /true", "shut: Always/", "stuck: Always/");
        scene.Cluster.Guests.Of("shut").Should().ContainSingle();
        scene.Cluster.Guests.Of("rerun").Should().ContainSingle();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static bool Runs(PlannedVirtualMachine machine) => machine.Treatment switch
    {
        Skip or ShutDownThenStart => true,
        ShutDownUntilReturn => false,
        _ => machine.Fate is VirtualMachineFate.Migrates or VirtualMachineFate.RestartsElsewhere or VirtualMachineFate.External or VirtualMachineFate.Unaffected,
    };

    /// <summary>What cluster-api-provider-kubevirt does about a machine that is marked.</summary>
    private static async Task MoveExternallyAsync(SimulatedCluster cluster, string name)
    {
        await cluster.UntilAsync(() => cluster.Objects.Text("virtualmachineinstances", name, "status.evacuationNodeName") is not null, "it is marked");
        cluster.Objects.Delete("virtualmachineinstances", name);
    }

    private static IEnumerable<string> Settings(SimulatedCluster cluster) => new[] { "once", "rerun", "running", "shut", "stuck" }.Select(name =>
        $"{name}: {cluster.Objects.Text("virtualmachines", name, "spec.runStrategy")}/{cluster.Objects.Text("virtualmachines", name, "spec.running")}");

    private static string Describe(PlannedVirtualMachine machine)
    {
        // A replica set draws the names of its instances.
        var name = machine.Name.Name.StartsWith("set", StringComparison.Ordinal) ? "set-1" : machine.Name.Name;
        return $"{name,-10} {machine.Fate,-22} {string.Join(", ", machine.Traits)}".TrimEnd();
    }

    private static string Golden() => string.Join('\n', File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Treatment", "every-fate.golden.txt")).Where(line => !line.StartsWith('#')));
}
