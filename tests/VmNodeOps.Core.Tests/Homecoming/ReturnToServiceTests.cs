using System.Globalization;
using VmNodeOps.Cluster;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Homecoming;

public sealed class ReturnToServiceTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown(
        Drains.Under(policy => policy with { StaysDown = VirtualMachineTreatment.ShutDownUntilReturn }));

    private static readonly NodeMaintenance Return = NodeMaintenance.OnNode("worker-1").ReturnToService(back => back with { BringBack = new BringBackOptions() });

    [Fact]
    public async Task Machines_that_were_stopped_run_again_and_those_that_were_moved_come_back_two_at_a_time()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version19);
        (await scene.Runner.RunAsync(Shutdown)).EnsureSucceeded();
        scene.Cluster.Guests.Of("once").Should().BeEmpty();
        var most = 0;
        using var count = scene.Cluster.Time.CreateTimer(
            _ => most = Math.Max(most, scene.Cluster.Objects.Names("virtualmachineinstancemigrations", migration => (string?)migration["status"]?["phase"] is not ("Succeeded" or "Failed")).Count),
            null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));

        var report = await scene.Runner.RunAsync(Return);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Steps.Select(step => step.Step).Should().ContainInOrder("wait-until-ready", "wait-for-virt-handler", "uncordon", "start-machines", "close-window", "bring-back");
        scene.Cluster.Guests.On("worker-1").Select(guest => guest.Name).Should().Contain(["moves-1", "moves-2", "moves-3", "moves-4"]);
        most.Should().BeInRange(1, 2);
        scene.Cluster.Guests.Of("once").Should().ContainSingle();
        scene.Cluster.Objects.Text("virtualmachines", "once", "spec.runStrategy").Should().Be("Once");
        scene.Cluster.Requests.Of("create", "virtualmachineinstancemigrations").Should().HaveCount(4).And.OnlyContain(request => request.Query.Contains("fieldValidation=Strict"));
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task An_older_KubeVirt_refuses_to_bring_back_and_moves_nothing_anywhere()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version15);
        (await scene.Runner.RunAsync(Shutdown)).EnsureSucceeded();
        var before = scene.WhereGuestsRun();

        var report = await scene.Runner.RunAsync(Return);

        report.Result.Should().Be(MaintenanceResult.Failed);
        report.Steps[^1].Outcome.Code.Should().Be("NotBroughtBack");
        report.Steps[^1].Outcome.Message.Should().Contain("addedNodeSelector");
        report.Steps[^2].Outcome.Result.Should().Be(StepResult.Succeeded, "the node is in service all the same");
        scene.WhereGuestsRun().Should().Contain(before);
    }

    [Fact]
    public async Task A_node_that_has_rebooted_is_in_service_when_virt_handler_has_spoken_since()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version19);
        (await scene.Runner.RunAsync(Shutdown)).EnsureSucceeded();
        scene.Cluster.CrashNode("worker-1");
        await scene.Cluster.AdvanceAsync(TimeSpan.FromMinutes(2));
        scene.Cluster.PowerOnNode("worker-1");

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").ReturnToService());

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        var node = (await scene.Client.Nodes.FindAsync(new ObjectName("worker-1")))!;
        DateTimeOffset.Parse(node.Annotations["kubevirt.io/heartbeat"], CultureInfo.InvariantCulture)
            .Should().BeOnOrAfter(node.Conditions.Single(condition => condition.Type == "Ready").LastTransitionAt!.Value);
    }

    [Fact]
    public async Task A_node_that_boots_while_its_way_back_has_just_begun_is_what_was_waited_for()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version19);
        (await scene.Runner.RunAsync(Shutdown)).EnsureSucceeded();
        scene.Cluster.CrashNode("worker-1");
        await scene.Cluster.AdvanceAsync(TimeSpan.FromMinutes(2));

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1")
            .ThenCall("power-on", async (context, token) =>
            {
                scene.Cluster.PowerOnNode("worker-1");
                await context.Node.WaitUntilAsync(node => node?.BootId != context.Node.Planned.BootId, token);
            })
            .ReturnToService());

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Objects.Names("configmaps", _ => true).Should().NotContain(name => name.Contains("worker-1", StringComparison.Ordinal));
    }

    private static Task<Scene> StartAsync(KubeVirtProfile profile) => Scene.StartAsync(cluster => (cluster.WithNodes("worker-1", "worker-2", "worker-3") with { KubeVirt = profile })
        .WithVirtualMachine("once", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Once))
        .WithVirtualMachines(Enumerable.Range(1, 4).Select(number => new SimulatedVirtualMachine { Name = $"moves-{number}" }
            .On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromSeconds(5) }))));
}
