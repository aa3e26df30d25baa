using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Execution;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Clocks;

/// <summary>Our clock ten minutes slow or fast, over HTTPS: every decision and every request is that of a right clock.</summary>
public sealed partial class WrongClockTests
{
    private const string NodeName = "worker-1";
    private static readonly TimeSpan Error = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Procedures => [.. Runs.Keys];

    /// <summary>Each does something on a scene, and gives what was decided.</summary>
    private static Dictionary<string, Func<Scene, Task<string>>> Runs { get; } = new()
    {
        ["drain and return"] = async scene => Decisions(await DrainAsync(scene), await scene.Runner.RunAsync(NodeMaintenance.OnNode(NodeName).ReturnToService())),
        ["recovery on an operator's word"] = RecoverAsync,
        ["a word of half an hour ago"] = scene => RecoverOnAsync(scene, now => Evidence.OperatorConfirms("ops", "rack power off", now - TimeSpan.FromMinutes(31))),
        ["a word of twenty-nine minutes ago"] = scene => RecoverOnAsync(scene, now => Evidence.OperatorConfirms("ops", "rack power off", now - TimeSpan.FromMinutes(29))),
        ["a word from the future"] = scene => RecoverOnAsync(scene, now => Evidence.OperatorConfirms("ops", "rack power off", now + TimeSpan.FromMinutes(5))),
        ["evidence that lasts"] = scene => EvidenceAsync(scene, TimeSpan.FromMinutes(1)),
        ["evidence that expires"] = scene => EvidenceAsync(scene, TimeSpan.FromMinutes(3)),
        ["a node that was heard a minute ago"] = scene => SilenceAsync(scene, TimeSpan.FromMinutes(4)),
        ["a node that was not heard for long"] = scene => SilenceAsync(scene, TimeSpan.FromSeconds(30)),
        ["the lock of one who lives"] = scene => HeldAsync(scene, TimeSpan.Zero, new NodeLockOptions { SilencePatience = TimeSpan.Zero, HolderIdentity = "test" }),
        ["the lock of one who died long ago"] = scene => HeldAsync(scene, TimeSpan.FromMinutes(2), new NodeLockOptions { SilencePatience = TimeSpan.Zero, HolderIdentity = "test" }),
        ["the lock of one who died just now"] = scene => HeldAsync(scene, TimeSpan.FromSeconds(5), new NodeLockOptions { HolderIdentity = "test" }),
        ["a pod that does not end"] = SkipAsync,
    };

    [Theory]
    [MemberData(nameof(Procedures))]
    public async Task A_clock_ten_minutes_off_changes_no_decision_and_no_request(string procedure)
    {
        var right = await RunAsync(procedure, TimeSpan.Zero);
        var slow = await RunAsync(procedure, -Error);
        var fast = await RunAsync(procedure, Error);

        slow.Should().Be(right, "the clock is slow");
        fast.Should().Be(right, "the clock is fast");
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    public async Task Of_two_actors_whose_clocks_are_twenty_minutes_apart_exactly_one_acts(int first, int second)
    {
        await using var scene = await StartAsync(first * Error);
        var others = new WrongTime(scene.Cluster.Time, second * Error);
        using var other = KubernetesCluster.FromKubeConfig(
            scene.KubeconfigPath, options: new KubernetesClusterOptions { TimeProvider = others, UserAgent = "other", JitterSeed = 2 });
        var shutdown = NodeMaintenance.OnNode(NodeName).GracefulShutdown();

        var reports = await Task.WhenAll(scene.Runner.RunAsync(shutdown), new MaintenanceRunner(other, others).RunAsync(shutdown));

        reports.Select(report => report.Result).Should().BeEquivalentTo([MaintenanceResult.Succeeded, MaintenanceResult.HeldByAnother]);
        scene.Cluster.Requests.Writes.Where(write => write.Resource is not ("leases" or "namespaces")).Select(write => write.UserAgent).Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_wrong_clock_is_wrong(int direction)
    {
        using var right = Testing.SimulatedTime.Virtual();

        (new WrongTime(right, direction * Error).GetUtcNow() - right.GetUtcNow()).Should().BeCloseTo(direction * Error, TimeSpan.FromSeconds(1));
    }

    private static async Task<string> RunAsync(string procedure, TimeSpan error)
    {
        await using var scene = await StartAsync(error);
        var decided = await Runs[procedure](scene);
        // How much of its progress a run notes at once depends on what happens to come together, with a right clock too; that it notes it does not.
        var all = scene.OurWrites().Select(Describe).ToList();
        var writes = all.Where(write => !write.StartsWith("update configmaps/", StringComparison.Ordinal)).Concat(all.Where(write => write.StartsWith("update configmaps/", StringComparison.Ordinal)).Distinct())
            .Order(StringComparer.Ordinal).ToList();
        var kinds = scene.Cluster.Requests.Counts.Keys.Where(kind => kind.StartsWith("list ", StringComparison.Ordinal) || kind.StartsWith("watch ", StringComparison.Ordinal));
        scene.Cluster.Requests.Writes.SelectMany(TimesOff).Should().BeEmpty("what we date is dated by the server's clock");
        return $"{decided}\n{string.Join('\n', writes)}\n{string.Join('\n', kinds)}";
    }

    private static Task<Scene> StartAsync(TimeSpan error) => Scene.StartAsync(
        cluster => cluster
            .WithNodes(NodeName, "worker-2", "worker-3")
            .WithVirtualMachine("moves", vm => vm.On(NodeName).LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("restarts", vm => vm.On(NodeName).WithDisk())
            .WithVirtualMachine("elsewhere", vm => vm.On("worker-2").WithDisk()),
        clockError: error);

    private static Task<MaintenanceReport> DrainAsync(Scene scene, NodeLockOptions? holding = null) => scene.Runner.RunAsync(
        NodeMaintenance.OnNode(NodeName).With(options => options with { Lock = holding ?? options.Lock }).GracefulShutdown());

    private static async Task<string> RecoverAsync(Scene scene)
    {
        await scene.CrashAsync(NodeName);
        var recovered = await scene.Runner.RunAsync(Crashes.RecoveryOf(NodeName));
        scene.Cluster.PowerOnNode(NodeName);
        return Decisions(recovered, await scene.Runner.RunAsync(NodeMaintenance.OnNode(NodeName).ReturnToService()));
    }

    private static async Task<string> RecoverOnAsync(Scene scene, Func<DateTimeOffset, IEvidenceSource> word)
    {
        await scene.CrashAsync(NodeName);
        return Decisions(await scene.Runner.RunAsync(NodeMaintenance.OnNode(NodeName).RecoverFromCrash(word(scene.Cluster.Time.GetUtcNow()))));
    }

    private static async Task<string> EvidenceAsync(Scene scene, TimeSpan pause)
    {
        await scene.CrashAsync(NodeName);
        var source = new ShortEvidence(TimeSpan.FromMinutes(2));
        var wait = new TestStep("wait", async (context, token) =>
        {
            await Task.Delay(pause, context.Time, token);
            return StepOutcome.Succeeded("waited");
        });
        return Decisions(await scene.Trusting.RunAsync(NodeMaintenance.OnNode(NodeName).ConfirmNodeIsDown(source).ReleaseVirtualMachines().Then(wait).ReleaseVolumes()));
    }

    private static async Task<string> SilenceAsync(Scene scene, TimeSpan limit)
    {
        await scene.CrashAsync(NodeName);
        var decisions = "";
        foreach (var source in new[] { Evidence.NodeUnknownFor(limit), Evidence.LeaseStaleFor(limit), Evidence.HeartbeatStaleFor(limit) })
        {
            decisions += Decisions(await scene.Trusting.RunAsync(NodeMaintenance.OnNode(NodeName).RecoverFromCrash(source)));
        }

        return decisions;
    }

    private static async Task<string> HeldAsync(Scene scene, TimeSpan silent, NodeLockOptions holding)
    {
        scene.Cluster.Objects.Create(Named("v1", "Namespace", "medik8s-leases", null));
        var lease = Named("coordination.k8s.io/v1", "Lease", $"node-{NodeName}", "medik8s-leases");
        var renewed = (scene.Cluster.Time.GetUtcNow() - silent).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        lease["spec"] = new JsonObject { ["holderIdentity"] = "somebody", ["leaseDurationSeconds"] = 60, ["acquireTime"] = renewed, ["renewTime"] = renewed };
        scene.Cluster.Objects.Create(lease);
        return Decisions(await DrainAsync(scene, holding));
    }

    private static async Task<string> SkipAsync(Scene scene)
    {
        scene.Cluster.Objects.Change("pods", scene.LaunchersOn(NodeName)[0], pod => pod["metadata"]!["finalizers"] = new JsonArray("example.com/stays"));
        return Decisions(await scene.Runner.RunAsync(NodeMaintenance.OnNode(NodeName).With(options => options with { Timeout = TimeSpan.FromMinutes(8) })
            .GracefulShutdown(options => options with { SkipIfDeletingFor = TimeSpan.FromMinutes(2) })));
    }

    private static JsonObject Named(string version, string kind, string name, string? ns)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
        {
            metadata["namespace"] = ns;
        }

        return new JsonObject { ["apiVersion"] = version, ["kind"] = kind, ["metadata"] = metadata };
    }

    private static string Decisions(params MaintenanceReport[] reports) => string.Join('\n', reports.Select(report =>
        $"{report.Result}: {string.Join(", ", report.Steps.Select(step => $"{step.Step} {step.Outcome.Result} {step.Outcome.Code}"))}; " +
        string.Join(", ", report.VirtualMachines.Select(machine => $"{machine.Name} {machine.Outcome}").Order(StringComparer.Ordinal))));

    private static string Describe(LoggedRequest request) => $"{request.Verb} {request.Resource}/{request.Subresource} {request.Namespace} -> {request.StatusCode}";

    /// <summary>Times in a body that are as far from the server's as our clock is, give or take the length of a run.</summary>
    private static IEnumerable<string> TimesOff(LoggedRequest request) => Times().Matches(request.Body)
        .Where(match => Math.Abs((DateTimeOffset.Parse(match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - request.Time).Duration().TotalMinutes - Error.TotalMinutes) < 1)
        .Select(match => $"{request}: {match.Value} at {request.Time:u}");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex Times();

    private sealed class ShortEvidence(TimeSpan validFor) : IEvidenceSource
    {
        public string Description => "evidence of the test";

        public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "test", "off for now", validFor)));
    }
}
