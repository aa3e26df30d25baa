using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>What a run does with evidence that is none, weak, expired or never asked for.</summary>
public sealed class EvidenceTests
{
    [Fact]
    public async Task Without_evidence_nothing_is_written_and_the_reason_is_the_sources_own()
    {
        await using var scene = await CrashedAsync();
        var source = new Source(_ => EvidenceAnswer.NotProven("The power controller does not answer; unreachable is not off."));

        var report = await scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").RecoverFromCrash(source));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("not proven").And.Contain("unreachable is not off");
        scene.OurWrites().Should().BeEmpty();
    }

    [Theory]
    [InlineData(EvidenceStrength.Weak)]
    [InlineData(EvidenceStrength.Claim)]
    public async Task Evidence_that_is_not_strong_is_none(EvidenceStrength strength)
    {
        await using var scene = await CrashedAsync();

        var report = await scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").RecoverFromCrash(
            new Source(request => EvidenceAnswer.Down(request.Confirm(strength, "API server", "silent for an hour", TimeSpan.FromMinutes(10))))));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("only strong evidence");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Evidence_of_an_earlier_run_cannot_be_used_again()
    {
        await using var scene = await CrashedAsync();
        FencingEvidence? kept = null;
        var source = new Source(request => EvidenceAnswer.Down(kept ??= request.Confirm(EvidenceStrength.Strong, "test", "it was off then", TimeSpan.FromMinutes(1))));
        (await scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(source))).ShouldHave(MaintenanceResult.Succeeded);
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));

        var report = await scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").RecoverFromCrash(source));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("expired");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Evidence_that_expires_in_the_middle_ends_the_run_there()
    {
        await using var scene = await CrashedAsync();
        var source = new Source(request => EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "test", "off for now", TimeSpan.FromMinutes(2))));
        var wait = new Execution.TestStep("wait", async (context, token) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(3), context.Time, token);
            return StepOutcome.Succeeded("waited");
        });

        var report = await scene.Trusting.RunAsync(
            NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(source).ReleaseVirtualMachines().Then(wait).ReleaseVolumes());

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("expired");
        scene.LaunchersOn("node-1").Should().BeEmpty();
        scene.Attachments("node-1").Should().NotBeEmpty();
    }

    [Fact]
    public async Task Steps_that_destroy_refuse_when_nobody_has_confirmed_anything()
    {
        await using var scene = await CrashedAsync();

        foreach (var maintenance in new[]
        {
            NodeMaintenance.OnNode("node-1").ReleaseVirtualMachines(), NodeMaintenance.OnNode("node-1").ReleaseVolumes(),
            NodeMaintenance.OnNode("node-1").RestoreKubeVirt(), NodeMaintenance.OnNode("node-1").SettleVirtualMachines(),
        })
        {
            var report = await scene.Runner.RunAsync(maintenance);

            report.ShouldHave(MaintenanceResult.Blocked);
            report.Summary.Should().Contain("Add ConfirmNodeIsDown");
        }

        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Evidence_that_lies_does_make_doubles_which_shows_that_the_checker_sees_them()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        scene.Cluster.CutOffNode("node-1");
        await scene.IsSilentAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Doubles.Should().NotBeEmpty();
    }

    private static async Task<Scene> CrashedAsync()
    {
        var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        return scene;
    }

    private sealed class Source(Func<EvidenceRequest, EvidenceAnswer> answer) : IEvidenceSource
    {
        public string Description => "a source of the test";

        public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
