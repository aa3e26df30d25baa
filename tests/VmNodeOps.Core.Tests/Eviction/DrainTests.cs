using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

public sealed class DrainTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Fact]
    public async Task A_hundred_machines_leave_with_at_most_140_requests_beside_the_questions_for_rights_and_no_polling()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachines(Many(100, "vm", vm => vm.On("worker-1"))));

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        var requests = scene.Cluster.Requests;
        (requests.Total - requests.Of("create", "selfsubjectaccessreviews").Count).Should().BeLessThanOrEqualTo(140, string.Join('\n', requests.Counts));
        requests.Of("create", "pods", "eviction").Should().HaveCount(100);
        requests.Of("list", "pods").Should().HaveCount(1);
        requests.Of("get", "pods").Should().BeEmpty();
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
        scene.Cluster.Guests.Running.Should().HaveCount(100);
        report.VirtualMachines.Should().OnlyContain(machine => machine.Outcome == VirtualMachineOutcome.Restarted && machine.AwayFor > TimeSpan.Zero);
    }

    [Fact]
    public async Task Migrations_take_turns_and_each_machine_is_asked_for_once()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachines(Many(12, "vm", vm => vm.On("worker-1").LiveMigrate())));
        var events = new List<MaintenanceEvent>();

        await foreach (var it in scene.Runner.StreamAsync(Shutdown))
        {
            events.Add(it);
        }

        var report = events.OfType<RunFinished>().Single().Report;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Should().OnlyContain(machine => machine.Outcome == VirtualMachineOutcome.Migrated && machine.AwayFor == TimeSpan.Zero);
        scene.Cluster.Guests.History.Where(guest => guest.End is not null).Should().OnlyContain(guest => guest.Node != "worker-1" || guest.End != GuestEnd.ShutDown);
        scene.Cluster.Requests.Of("create", "pods", "eviction").GroupBy(request => request.Name).Should()
            .OnlyContain(asked => asked.Count() == 1 && asked.Single().StatusCode == 429);
        scene.Cluster.Requests.Of("delete", "pods").Should().HaveCount(12, "the completed pods that migrations leave are removed");
        events.OfType<VirtualMachineChanged>().Select(it => it.Message).Should()
            .Contain("Waits for its turn to migrate.").And.Contain(message => message.StartsWith("Migrating to "));
    }

    [Fact]
    public async Task A_machine_that_must_migrate_and_cannot_blocks_and_the_others_leave_all_the_same()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("stuck", vm => vm.On("worker-1").LiveMigrate().NotMigratable())
            .WithVirtualMachine("goes", vm => vm.On("worker-1")));

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown(Drains.OfAll));

        report.Result.Should().Be(MaintenanceResult.Blocked);
        report.Steps[2].Outcome.Code.Should().Be("NotMigratable");
        report.Summary.Should().Contain("default/stuck").And.Contain("HostDeviceNotLiveMigratable").And.Contain("virtctl stop -n default stuck");
        report.Findings.Should().Contain(finding => finding.Code == "NotMigratable" && finding.Severity == FindingSeverity.Warning);
        scene.Cluster.Guests.On("worker-1").Select(guest => guest.Name).Should().Equal("stuck");
        scene.Cluster.Requests.Of("create", "pods", "eviction").Count(request => request.Name!.Contains("stuck")).Should().Be(1);
    }

    [Fact]
    public async Task A_budget_that_never_allows_is_named_with_its_numbers_when_time_is_up()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" }));

        var report = await scene.Runner.RunAsync(Shutdown.With(options => options with { Timeout = TimeSpan.FromMinutes(5) }));

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("VM default/kept").And.Contain("default/keep-it lets none of its pods go, ever: 1 of 1 pods are healthy, 1 must stay");
        (report.FinishedAt - report.StartedAt).Should().BeCloseTo(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
        var asked = scene.Cluster.Requests.Of("create", "pods", "eviction").Select(request => request.Time).ToList();
        asked.Zip(asked.Skip(1), (first, second) => second - first).Should().OnlyContain(wait => wait >= TimeSpan.FromSeconds(1));
        asked.Count.Should().BeInRange(8, 20, "waits grow to 30 seconds");
        scene.Cluster.Guests.On("worker-1").Should().ContainSingle();
    }

    [Fact]
    public async Task A_budget_that_allows_later_only_delays()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" }));
        var run = scene.Runner.RunAsync(Shutdown);

        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));
        scene.Cluster.Objects.Delete("poddisruptionbudgets", "keep-it");

        (await run).Result.Should().Be(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task Two_budgets_on_one_pod_block_for_good()
    {
        var selector = new Dictionary<string, string> { ["app"] = "kept" };
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "one", Selector = selector, MaxUnavailable = "1" })
            .WithBudget(new SimulatedBudget { Name = "two", Selector = selector, MaxUnavailable = "1" }));

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Blocked);
        report.Steps[2].Outcome.Code.Should().Be("TwoBudgets");
        report.Summary.Should().Contain("kubectl get poddisruptionbudgets -n default");
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().HaveCount(1);
    }

    [Fact]
    public async Task An_outage_of_virt_api_is_sat_out()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachines(Many(4, "moves", vm => vm.On("worker-1").LiveMigrate()))
            .WithVirtualMachines(Many(4, "restarts", vm => vm.On("worker-1"))));
        scene.Cluster.StopVirtApi();
        var run = scene.Runner.RunAsync(Shutdown);

        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(30));
        scene.Cluster.Guests.On("worker-1").Should().HaveCount(8);
        scene.Cluster.StartVirtApi();

        var report = await run;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Writes.Should().Contain(write => write.Message.Contains("failed calling webhook"));
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task A_migration_that_fails_twice_is_followed_through_KubeVirts_own_retries()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate()));
        scene.Cluster.FailNextMigrations(2);

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Single().Outcome.Should().Be(VirtualMachineOutcome.Migrated);
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().ContainSingle("KubeVirt retries by itself");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task KubeVirt_with_budgets_of_its_own_is_understood()
    {
        await using var scene = await Scene.StartAsync(cluster => (Workers(cluster) with { KubeVirt = KubeVirtProfile.Version13 })
            .WithVirtualMachines(Many(6, "moves", vm => vm.On("worker-1").LiveMigrate()))
            .WithVirtualMachine("restarts", vm => vm.On("worker-1")));

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Count(machine => machine.Outcome == VirtualMachineOutcome.Migrated).Should().Be(6);
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task A_pod_whose_instance_is_gone_is_deleted_once_fresh_reads_have_proven_that()
    {
        await using var scene = await Scene.StartAsync(Workers);
        scene.Cluster.Objects.Create(Launcher("virt-launcher-orphan-x1y2z", domain: "orphan"));

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Should().ContainSingle(finding => finding.Code == "OrphanLauncher");
        scene.Cluster.Objects.Get("pods", "virt-launcher-orphan-x1y2z").Should().BeNull();
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().BeEmpty("KubeVirt refuses it for ever");
        var (delete, proof) = (scene.Cluster.Requests.Of("delete", "pods").Single(), scene.Cluster.Requests.Of("get", "virtualmachineinstances")[^1]);
        proof.Time.Should().BeOnOrBefore(delete.Time);
        scene.Cluster.Requests.Of("get", "pods").Should().ContainSingle();
    }

    [Fact]
    public async Task An_orphan_pod_that_the_policy_keeps_is_named_with_what_removes_it()
    {
        await using var scene = await Scene.StartAsync(Workers);
        scene.Cluster.Objects.Create(Launcher("virt-launcher-orphan-x1y2z", domain: "orphan"));

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown(
            Drains.Under(policy => policy with { OrphanLauncher = VirtualMachineTreatment.Refuse })));

        report.Result.Should().Be(MaintenanceResult.Refused, report.ToText());
        report.Summary.Should().Contain("kubectl delete pod -n default virt-launcher-orphan-x1y2z");
        scene.Cluster.Requests.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task What_comes_after_the_plan_is_drained_too()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("first", vm => vm.On("worker-1").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(20) })));
        var run = scene.Runner.RunAsync(Shutdown);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of("create", "pods", "eviction").Count > 0, "the drain has begun");

        // Bound to the node by its maker, past the scheduler and so past the cordon.
        scene.Cluster.Objects.Create(Launcher("virt-launcher-late-x1y2z"));

        var report = await run;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Should().Contain(finding => finding.Code == "LateArrival" && finding.Message.Contains("virt-launcher-late-x1y2z"));
        scene.Cluster.Objects.Get("pods", "virt-launcher-late-x1y2z").Should().BeNull();
    }

    [Fact]
    public async Task A_machine_that_is_on_its_way_to_the_node_arrives_and_leaves_again()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("comes", vm => vm.On("worker-2").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromSeconds(20) })));
        scene.Cluster.SetUnschedulable("worker-3");
        await scene.Client.Migrations.CreateAsync(new VmNodeOps.Cluster.ObjectName("default", "comes"));
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "comes", "status.migrationState.startTimestamp") is not null, "it is under way");
        scene.Cluster.SetUnschedulable("worker-3", unschedulable: false);

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Single().Should().Match<VirtualMachineReport>(machine => machine.Outcome == VirtualMachineOutcome.Migrated && machine.From == "worker-1");
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
        scene.Cluster.Guests.Of("comes").Should().ContainSingle();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_missing_right_ends_the_drain_at_once_and_names_it()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("vm", vm => vm.On("worker-1")));
        scene.Cluster.Faults.Add(new FaultRule
        {
            Subresource = "eviction",
            Effect = FaultEffect.Status(403, "Forbidden", "pods \"x\" is forbidden: User \"u\" cannot create resource \"pods/eviction\" in API group \"\" in the namespace \"default\""),
        });

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Failed);
        report.Steps[2].Outcome.Code.Should().Be("Forbidden");
        report.Summary.Should().Contain("cannot create resource \"pods/eviction\"");
    }

    [Fact]
    public async Task The_hook_is_called_when_the_node_is_empty_and_what_it_throws_fails_the_run()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("vm", vm => vm.On("worker-1")));
        var guests = -1;

        var report = await scene.Runner.RunAsync(Shutdown.ThenCall("power-off", (context, _) =>
        {
            guests = scene.Cluster.Guests.On(context.Node.Planned.Name.Name).Count;
            throw new InvalidOperationException("the power switch does not answer");
        }));

        guests.Should().Be(0);
        report.Result.Should().Be(MaintenanceResult.Failed);
        report.Summary.Should().Contain("power-off threw InvalidOperationException: the power switch does not answer");
    }

    /// <summary>A launcher pod on worker-1 with no instance behind it.</summary>
    private static JsonObject Launcher(string name, string? domain = null) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = "default",
            ["labels"] = new JsonObject { ["kubevirt.io"] = "virt-launcher" },
            ["annotations"] = domain is null ? [] : new JsonObject { ["kubevirt.io/domain"] = domain },
        },
        ["spec"] = new JsonObject { ["nodeName"] = "worker-1", ["containers"] = new JsonArray(new JsonObject { ["name"] = "compute", ["image"] = "registry.invalid/launcher:1" }) },
    };

    private static SimulatedClusterBuilder Workers(SimulatedClusterBuilder cluster) => cluster.WithNodes("worker-1", "worker-2", "worker-3");

    private static IEnumerable<SimulatedVirtualMachine> Many(int count, string prefix, Func<SimulatedVirtualMachine, SimulatedVirtualMachine> configure) =>
        Enumerable.Range(1, count).Select(number => configure(new SimulatedVirtualMachine { Name = $"{prefix}-{number}" }));
}
