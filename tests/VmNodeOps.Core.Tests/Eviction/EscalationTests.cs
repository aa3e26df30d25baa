using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

/// <summary>The ladder evict, delete, force delete: each rung only with its consent, and force only on proof that the node is down.</summary>
public sealed class EscalationTests
{
    private static readonly Dictionary<string, string> Kept = new() { ["app"] = "kept" };

    [Fact]
    public async Task Without_consent_nothing_is_deleted_however_long_it_takes()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, new EscalationOptions(), deleteMachines: true);

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        scene.Cluster.Requests.Of("delete", "pods").Should().BeEmpty();
        scene.Cluster.Guests.Of("kept").Should().ContainSingle(guest => guest.Node == "worker-1");
    }

    [Fact]
    public async Task A_launcher_is_not_deleted_on_the_general_consent_alone()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, new EscalationOptions { DeleteAfter = TimeSpan.FromMinutes(1) }, deleteMachines: false);

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        scene.Cluster.Requests.Of("delete", "pods").Should().BeEmpty();
    }

    [Fact]
    public async Task With_both_consents_it_is_deleted_when_its_time_has_come_and_the_report_says_so()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, new EscalationOptions { DeleteAfter = TimeSpan.FromMinutes(3) }, deleteMachines: true);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Select(finding => finding.Code).Should().ContainInOrder("MayDelete", "BudgetNeverAllows", "EscalatedToDelete");
        report.Findings.Single(finding => finding.Code == "MayDelete").Message.Should().Contain("3 min").And.Contain("Virtual machines too");
        var deleted = scene.Cluster.Requests.Of("delete", "pods").Should().ContainSingle().Which;
        deleted.Time.Should().BeAfter(scene.Cluster.Requests.Of("create", "pods", "eviction")[0].Time + TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        deleted.Body.Should().Contain("preconditions").And.NotContain("gracePeriodSeconds");
        report.VirtualMachines.Single().Outcome.Should().Be(VirtualMachineOutcome.Restarted);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task What_KubeVirt_will_never_move_can_be_shut_down_by_the_same_consent()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("stuck", vm => vm.On("worker-1").LiveMigrate().NotMigratable()));

        var report = await RunAsync(scene, new EscalationOptions { DeleteAfter = TimeSpan.FromMinutes(1) }, deleteMachines: true, VirtualMachinePolicy.ProceedWithAll);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Guests.Of("stuck").Should().ContainSingle(guest => guest.Node == "worker-2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_dies_in_the_middle_has_its_pods_removed_by_force_only_on_proof(bool isProven)
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("slow", vm => vm.On("worker-1").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(25) })));
        var run = RunAsync(scene, new EscalationOptions { ForceDeleteAfter = TimeSpan.FromMinutes(4), Evidence = new FenceAgent(() => isProven) }, deleteMachines: false);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of("create", "pods", "eviction").Any(request => request.StatusCode == 201), "it is shutting down");

        scene.Cluster.CrashNode("worker-1");

        var report = await run;
        report.Findings.Should().Contain(finding => finding.Code == "KubeletSilent" && finding.Lift.Contains("vmnodeops recover worker-1"));
        report.Result.Should().Be(isProven ? MaintenanceResult.Succeeded : MaintenanceResult.TimedOut, report.ToText());
        report.Findings.Should().Contain(finding => finding.Code == (isProven ? "EscalatedToForce" : "NotProvenDown"));
        scene.Cluster.Requests.Of("delete", "pods").Should().HaveCount(isProven ? 1 : 0);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_Ready_is_never_asked_about_and_nothing_is_forced()
    {
        var asked = 0;
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("slow", vm => vm.On("worker-1") with { TerminationGracePeriod = TimeSpan.FromMinutes(20), Behavior = new GuestBehavior { ShutdownDuration = TimeSpan.FromMinutes(15) } }));

        var report = await RunAsync(scene, new EscalationOptions
        {
            ForceDeleteAfter = TimeSpan.FromMinutes(1),
            Evidence = new FenceAgent(() => ++asked > 0),
        }, deleteMachines: true);

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        asked.Should().Be(0);
        scene.Cluster.Requests.Of("delete", "pods").Should().BeEmpty();
    }

    [Fact]
    public void Force_without_somebody_who_proves_is_no_option() =>
        ((Action)(() => NodeMaintenance.OnNode("worker-1").Drain(drain => drain with { Escalation = new EscalationOptions { ForceDeleteAfter = TimeSpan.FromMinutes(5) } })))
            .Should().Throw<ArgumentException>().WithMessage("*Escalation.Evidence*");

    /// <summary>The runner is made by somebody who trusts the fence agent of these tests.</summary>
    private static Task<MaintenanceReport> RunAsync(Scene scene, EscalationOptions escalation, bool deleteMachines, VirtualMachinePolicy? policy = null) =>
        new MaintenanceRunner(scene.Client, scene.Cluster.Time, defaults: new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong }).RunAsync(
            NodeMaintenance.OnNode("worker-1")
                .GracefulShutdown(drain => drain with { Escalation = escalation, DeleteVirtualMachines = deleteMachines, Policy = policy ?? drain.Policy })
                .With(options => options with { Timeout = TimeSpan.FromMinutes(10) }));

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2", "worker-3")
        .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
        .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = Kept, MinAvailable = "1" }));

    private sealed class FenceAgent(Func<bool> isOff) : IEvidenceSource
    {
        public string Description => "a fence agent";

        public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(isOff()
            ? EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "fence agent", "status: off", TimeSpan.FromMinutes(15)))
            : EvidenceAnswer.NotProven("The power controller does not answer."));
    }
}
