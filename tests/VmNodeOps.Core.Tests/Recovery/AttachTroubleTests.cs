using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>Machines that do not come up because Kubernetes does not let their volume go to another node: it says why in an Event, and nowhere else.</summary>
public sealed class AttachTroubleTests
{
    private const string MultiAttach = "FailedAttachVolume: Multi-Attach error for volume \"";

    [Fact]
    public async Task A_volume_that_is_held_elsewhere_is_named_as_the_cause_while_waiting_and_at_the_end()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("web", vm => vm.On("node-1")));
        var volume = (string)scene.Cluster.Objects.List("volumeattachments").Single()["spec"]!["source"]!["persistentVolumeName"]!;
        scene.Cluster.FailDetaching(volume);
        await scene.CrashAsync("node-1");
        var maintenance = Crashes.RecoveryOf("node-1", options => options with { DetachTimeout = TimeSpan.FromMinutes(1) }).With(options => options with { MachineTimeout = TimeSpan.FromMinutes(4) });
        var told = new List<string>();
        MaintenanceReport? report = null;

        await foreach (var it in scene.Runner.StreamAsync(maintenance))
        {
            if (it is VirtualMachineChanged { VirtualMachine.Name: "db" } changed)
            {
                told.Add(changed.Message);
            }

            report = it is RunFinished finished ? finished.Report : report;
        }

        report!.ShouldHave(MaintenanceResult.TimedOut);
        told.Should().Contain(message => message.Contains($"{MultiAttach}{volume}\" Volume is already exclusively attached to one node"), "while it is waited for");
        report!.Summary.Should().Contain("default/db: ").And.Contain($"{MultiAttach}{volume}");
        report.VirtualMachines.Single(machine => machine.Name.Name == "db").Message.Should().Contain(MultiAttach).And.Contain("Kubernetes looks once a minute");
        report.Outcomes()["web"].Should().Be(VirtualMachineOutcome.Restarted);
        scene.Cluster.Requests.Where(request => request is { Verb: "watch" or "list", Resource: "events" } && request.Query.Contains("reason", StringComparison.Ordinal)).Should().HaveCountLessThanOrEqualTo(3, "one watch serves all machines");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task The_trouble_that_passes_is_no_longer_told()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("node-1", "node-2", "node-3").WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.VirtualMachines.Single().Message.Should().StartWith("Runs on").And.NotContain("FailedAttachVolume");
    }
}
