using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Preflight;

public sealed class PreflightTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Fact]
    public async Task Migrations_are_counted_in_waves_by_KubeVirts_limits_with_an_estimate()
    {
        await using var scene = await Scene.StartAsync(cluster => (Workers(cluster) with { ParallelOutboundMigrationsPerNode = 3, ParallelMigrationsPerCluster = 2 })
            .WithVirtualMachines(Enumerable.Range(1, 5).Select(number => (new SimulatedVirtualMachine { Name = $"vm-{number}" } with { Memory = "1Gi" }).On("worker-1").LiveMigrate())));

        var plan = await scene.Runner.PlanAsync(Shutdown);
        var hasty = await scene.Runner.PlanAsync(Shutdown.With(options => options with { Timeout = TimeSpan.FromSeconds(20) }));

        Finding(plan, "MigrationWaves").Message.Should().StartWith("5 machines migrate, 2 at a time (parallelOutboundMigrationsPerNode 3, parallelMigrationsPerCluster 2): 3 waves, about ");
        Finding(plan, "MigrationWaves").Severity.Should().Be(FindingSeverity.Note);
        Finding(hasty, "MigrationsTakeLong").Lift.Should().Contain("Timeout");
        plan.IsRefused.Should().BeFalse();
        scene.Cluster.Requests.Of("list", "nodes").Should().HaveCount(2, "the first page of a plan is enough");
    }

    [Fact]
    public async Task What_would_be_shut_down_and_fits_nowhere_is_refused_and_what_migrates_only_warned_of()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNode("worker-1", node => node.WithLabel("disk", "fast").WithLabel("zone", "a"))
            .WithNodes("worker-2", "worker-3")
            .WithVirtualMachine("selects", vm => (vm with { NodeSelector = new Dictionary<string, string> { ["disk"] = "fast" } }).On("worker-1"))
            .WithVirtualMachine("prefers", vm => (vm with { AffinityJson = Affinity }).On("worker-1").LiveMigrate())
            .WithVirtualMachine("free", vm => vm.On("worker-1")));
        scene.Cluster.SetUnschedulable("worker-3");

        var plan = await scene.Runner.PlanAsync(Shutdown);
        var told = await scene.Runner.PlanAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown(
            drain => drain with { Preflight = drain.Preflight with { ProceedWithoutFittingNode = true } }));

        var found = Findings(plan, "NoFittingNode").ToDictionary(finding => finding.Object!.Name.Name);
        found.Keys.Should().BeEquivalentTo("selects", "prefers");
        found["selects"].Should().Match<Finding>(finding => finding.Severity == FindingSeverity.Refusal && finding.Lift.Contains("ProceedWithoutFittingNode"));
        found["selects"].Message.Should().Contain("worker-2: lacks label disk=fast").And.Contain("worker-3: cordoned");
        found["prefers"].Severity.Should().Be(FindingSeverity.Warning);
        plan.IsRefused.Should().BeTrue();
        told.IsRefused.Should().BeFalse();
        scene.Cluster.SetUnschedulable("worker-2");
        Finding(await scene.Runner.PlanAsync(Shutdown), "LastSchedulableNode").Lift.Should().Contain("worker-2");
    }

    [Fact]
    public async Task Budgets_that_can_never_be_met_are_named_with_their_numbers()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
            .WithVirtualMachine("torn", vm => vm.On("worker-1").WithLabel("app", "torn"))
            .WithVirtualMachine("spare", vm => vm.On("worker-1").WithLabel("app", "spare"))
            .WithVirtualMachine("moves", vm => vm.On("worker-1").WithLabel("app", "kept-too").LiveMigrate())
            .WithBudget(Budget("keep-it", "kept", "1"))
            .WithBudget(Budget("one", "torn", "0"))
            .WithBudget(Budget("two", "torn", "0"))
            .WithBudget(Budget("loose", "spare", "0"))
            .WithBudget(Budget("moving", "kept-too", "1")));

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "BudgetNeverAllows").Message.Should().Be(
            "VM default/kept: Disruption budget keep-it (needs 1 of 1 healthy, has 1, allows 0): with no pod to spare it can never allow an eviction.");
        Finding(plan, "TwoBudgets").Message.Should().StartWith("VM default/torn: 2 disruption budgets protect it (one (needs 0 of 1 healthy, has 1, allows 1), two (");
    }

    [Fact]
    public async Task A_control_plane_node_and_too_little_room_are_warned_of_and_never_refused()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNode("worker-1", node => node.AsControlPlane())
            .WithNode("worker-2", node => node.WithCapacity("memory", "2Gi"))
            .WithVirtualMachine("huge", vm => (vm with { Memory = "3Gi" }).On("worker-1")));
        scene.Cluster.Objects.Change("nodes", "worker-1", node => node["spec"]!["taints"] = new System.Text.Json.Nodes.JsonArray(
            new System.Text.Json.Nodes.JsonObject { ["key"] = "kubevirt.io/drain", ["effect"] = "NoSchedule" }));

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "ControlPlaneNode").Message.Should().Contain("the only Ready control-plane node");
        Finding(plan, "TooLargeForAnyNode").Message.Should().Contain("memory");
        Finding(plan, "NotEnoughCapacity").Severity.Should().Be(FindingSeverity.Warning);
        Finding(plan, "AlreadyDraining").Lift.Should().Be("If nobody is: kubectl taint node worker-1 kubevirt.io/drain-");
        plan.IsRefused.Should().BeFalse();
    }

    private const string Affinity = """
        { "nodeAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [ { "matchExpressions": [ { "key": "zone", "operator": "In", "values": ["a"] } ] } ] } } }
        """;

    private static SimulatedBudget Budget(string name, string app, string minAvailable) =>
        new() { Name = name, Selector = new Dictionary<string, string> { ["app"] = app }, MinAvailable = minAvailable };

    private static IEnumerable<Finding> Findings(MaintenancePlan plan, string code) => plan.Steps.SelectMany(step => step.Findings).Where(finding => finding.Code == code);

    private static Finding Finding(MaintenancePlan plan, string code) => Findings(plan, code).Should().ContainSingle().Subject;

    private static SimulatedClusterBuilder Workers(SimulatedClusterBuilder cluster) => cluster.WithNodes("worker-1", "worker-2", "worker-3");
}
