using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

/// <summary>Each option of kubectl drain and its counterpart; docs/kubectl-drain.md names these tests.</summary>
public sealed class DrainOptionsTests
{
    private const string Node = "worker-1";

    [Fact]
    public async Task By_default_only_virtual_machines_leave()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Guests.On(Node).Should().BeEmpty();
        PodsOn(scene).Should().Contain("bare").And.Contain(name => name.StartsWith("shop-")).And.Contain(name => name.StartsWith("agent-"));
    }

    [Fact]
    public async Task Another_pod_selector_moves_its_pods_and_leaves_the_machines_alone()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=shop" });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        PodsOn(scene).Should().NotContain(name => name.StartsWith("shop-")).And.Contain("bare");
        scene.Cluster.Guests.On(Node).Should().ContainSingle("a machine that is not selected is neither moved nor waited for");
    }

    [Fact]
    public async Task All_pods_leave_with_every_consent_and_daemons_stay()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, drain => drain with { PodSelector = DrainOptions.AllPods, IgnoreDaemonSets = true, DeleteEmptyDirData = true, Force = true });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Guests.On(Node).Should().BeEmpty();
        PodsOn(scene).Should().OnlyContain(name => name.StartsWith("agent-") || name.StartsWith("virt-handler-"));
        report.Findings.Should().Contain(finding => finding.Code == "Unmanaged" && finding.Severity == FindingSeverity.Warning && finding.Message.Contains("default/bare"));
        report.Findings.Should().Contain(finding => finding.Code == "EmptyDirData" && finding.Severity == FindingSeverity.Warning);
        report.Findings.Should().Contain(finding => finding.Code == "DaemonSet" && finding.Severity == FindingSeverity.Note && finding.Message.Contains("default/agent-"));
    }

    [Theory]
    [InlineData("DaemonSet", "IgnoreDaemonSets")]
    [InlineData("EmptyDirData", "DeleteEmptyDirData")]
    [InlineData("Unmanaged", "Force")]
    public async Task What_needs_a_consent_refuses_before_anything_is_touched_and_names_it(string code, string consent)
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, drain => drain with
        {
            PodSelector = DrainOptions.AllPods,
            IgnoreDaemonSets = code != "DaemonSet",
            DeleteEmptyDirData = code != "EmptyDirData",
            Force = code != "Unmanaged",
        });

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Findings.Should().Contain(finding => finding.Severity == FindingSeverity.Refusal && finding.Code == code && finding.Lift.Contains(consent));
        scene.Cluster.Requests.Writes.Should().BeEmpty("kubectl leaves the node cordoned");
    }

    [Fact]
    public async Task Every_reason_of_a_pod_is_told_at_once()
    {
        await using var scene = await StartAsync(cluster => cluster.WithWorkload("both", work => work with { Kind = SimulatedWorkloadKind.Pod, Node = Node, HasEmptyDir = true }));

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=both" });

        var refusal = report.Findings.Should().ContainSingle(finding => finding.Severity == FindingSeverity.Refusal).Which;
        refusal.Message.Should().Contain("default/both").And.Contain("emptyDir").And.Contain("no controller");
        refusal.Lift.Should().Contain("--delete-emptydir-data").And.Contain("--force");
    }

    [Fact]
    public async Task Static_pods_are_left_alone_always()
    {
        await using var scene = await StartAsync();
        scene.Cluster.Objects.Create(Pod("static-web", annotations: new JsonObject { ["kubernetes.io/config.mirror"] = "x" }));

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=static-web" });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        PodsOn(scene).Should().Contain("static-web");
        report.Findings.Should().Contain(finding => finding.Code == "StaticPod");
    }

    [Fact]
    public async Task Finished_pods_need_no_consent_and_no_budget()
    {
        await using var scene = await StartAsync(cluster => cluster
            .WithBudget(new SimulatedBudget { Name = "none", Selector = new Dictionary<string, string> { ["app"] = "job" }, MaxUnavailable = "0" }));
        scene.Cluster.Objects.Create(Pod("job"));
        scene.Cluster.Objects.Change("pods", "job", pod => pod["status"]!["phase"] = "Failed");

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=job" });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        PodsOn(scene).Should().NotContain("job");
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().BeEmpty();
    }

    [Fact]
    public async Task A_pod_that_the_caller_leaves_alone_stays()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app in (shop, bare)", LeaveAlone = pod => pod.Name.Name == "bare" ? "it is being looked at" : null });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        PodsOn(scene).Should().Contain("bare").And.NotContain(name => name.StartsWith("shop-"));
        report.Findings.Should().Contain(finding => finding.Code == "LeftAlone" && finding.Message.Contains("it is being looked at"));
    }

    [Fact]
    public async Task A_grace_period_of_ones_own_is_sent_and_whom_it_kills_is_told_before()
    {
        await using var scene = await StartAsync();

        var report = await RunAsync(scene, drain => drain with { GracePeriod = TimeSpan.FromSeconds(5) });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().OnlyContain(request => request.Body.Contains("\"gracePeriodSeconds\":5"));
        report.Findings.Should().Contain(finding => finding.Code == "GraceShortened" && finding.Message.Contains("VM default/vm"));
    }

    [Fact]
    public void No_grace_at_all_is_a_force_delete_and_refused() =>
        ((Action)(() => NodeMaintenance.OnNode(Node).Drain(drain => drain with { GracePeriod = TimeSpan.Zero }))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*recover it*");

    [Theory]
    [InlineData("app=web,tier in (a, b),!old,key,x!=y,z notin (q)")]
    [InlineData("")]
    [InlineData("kubevirt.io=virt-launcher")]
    public void A_label_selector_is_taken(string selector) => NodeMaintenance.OnNode(Node).Drain(drain => drain with { PodSelector = selector }).Steps.Should().HaveCount(1);

    [Theory]
    [InlineData("=web")]
    [InlineData("a b")]
    [InlineData("app in web")]
    [InlineData("app==web==x")]
    public void What_is_no_label_selector_is_refused_before_anything_is_asked(string selector) =>
        ((Action)(() => NodeMaintenance.OnNode(Node).Drain(drain => drain with { PodSelector = selector }))).Should().Throw<ArgumentException>().WithMessage("*is no label selector*");

    [Fact]
    public async Task The_timeout_is_one_deadline_for_everything()
    {
        await using var scene = await StartAsync(cluster => cluster
            .WithBudget(new SimulatedBudget { Name = "none", Selector = new Dictionary<string, string> { ["app"] = "shop" }, MaxUnavailable = "0" }));

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNode(Node).Cordon().Drain(drain => drain with { PodSelector = "app=shop" }).With(options => options with { Timeout = TimeSpan.FromSeconds(12) }));

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        (report.FinishedAt - report.StartedAt).Should().BeCloseTo(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Lists_are_read_in_pieces_of_the_size_that_was_asked_for()
    {
        await using var scene = await Scene.StartAsync(Workers, client => client with { PageSize = 2 });

        await NodeMaintenance.OnNode(Node).Drain(drain => drain with { PodSelector = DrainOptions.AllPods }).PlanAsync(scene.Client);

        scene.Cluster.Requests.Of("list", "pods").Should().HaveCountGreaterThan(1).And.OnlyContain(request => request.Query.Contains("limit=2"));
    }

    [Fact]
    public async Task Without_eviction_budgets_do_not_count_and_machines_need_a_consent_of_their_own()
    {
        await using var scene = await StartAsync(cluster => cluster
            .WithBudget(new SimulatedBudget { Name = "none", Selector = new Dictionary<string, string> { ["app"] = "shop" }, MaxUnavailable = "0" }));

        var pods = await RunAsync(scene, drain => drain with { PodSelector = "app=shop", DisableEviction = true });
        var machines = await RunAsync(scene, drain => drain with { DisableEviction = true });

        pods.Result.Should().Be(MaintenanceResult.Succeeded, pods.ToText());
        PodsOn(scene).Should().NotContain(name => name.StartsWith("shop-"));
        machines.Result.Should().Be(MaintenanceResult.Refused);
        machines.Findings.Should().ContainSingle(finding => finding.Code == "PastKubeVirt").Which.Lift.Should().Contain("DeleteVirtualMachines");
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().BeEmpty();
        scene.Cluster.Guests.On(Node).Should().ContainSingle();
    }

    [Fact]
    public async Task With_that_consent_a_machine_is_shut_down_as_the_plan_says_and_never_doubled()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate()));
        var maintenance = NodeMaintenance.OnNode(Node).GracefulShutdown(drain => drain with { DisableEviction = true, DeleteVirtualMachines = true });

        var plan = await maintenance.PlanAsync(scene.Client);
        var report = await scene.Runner.RunAsync(maintenance, plan);

        plan.Steps[2].Actions.Should().ContainSingle(action => action.Kind == ActionKind.Delete && action.Fate == VirtualMachineFate.RestartsElsewhere);
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Single().Outcome.Should().Be(VirtualMachineOutcome.Restarted);
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Pods_long_in_deletion_are_not_waited_for_and_named()
    {
        await using var scene = await StartAsync();
        var held = Pod("held");
        held["metadata"]!["finalizers"] = new JsonArray("example.com/held");
        scene.Cluster.Objects.Create(held);
        scene.Cluster.Objects.Delete("pods", "held");
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(2));

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=held", Force = true, SkipIfDeletingFor = TimeSpan.FromSeconds(30) });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Findings.Should().ContainSingle(finding => finding.Code == "NotWaitedFor" && finding.Message.Contains("held"));
        report.Steps[1].Outcome.Message.Should().Be("0 pods have left, 1 left where it is");
    }

    [Fact]
    public async Task Pods_that_come_late_are_drained_too()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithWorkload("slow", work => work with { Node = Node, StopDuration = TimeSpan.FromSeconds(20) }));
        var run = RunAsync(scene, drain => drain with { PodSelector = "app in (slow, late)", Force = true });
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of("create", "pods", "eviction").Count > 0, "the drain has begun");

        scene.Cluster.Objects.Create(Pod("late"));

        (await run).Result.Should().Be(MaintenanceResult.Succeeded);
        PodsOn(scene).Should().NotContain("late");
    }

    [Fact]
    public async Task Disks_plugged_into_a_guest_go_with_it_and_not_before_also_where_KubeVirt_does_not_guard_them()
    {
        await using var scene = await Scene.StartAsync(cluster => (Workers(cluster) with { KubeVirt = KubeVirtProfile.Version15 })
            .WithVirtualMachine("plugged", vm => vm.On(Node).LiveMigrate().WithDisk("data", shared: true, hotplugged: true)));
        PodsOn(scene).Should().Contain(name => name.StartsWith("hp-volume-"));

        var report = await RunAsync(scene, drain => drain with { PodSelector = "kubevirt.io in (virt-launcher, hotplug-disk)" });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.Single().Outcome.Should().BeOneOf([VirtualMachineOutcome.Migrated, VirtualMachineOutcome.Moving], "a drain alone ends when the pods have left");
        scene.Cluster.Requests.Where(request => request.IsWrite && request.UserAgent?.StartsWith("vmnodeops") == true && request.Name?.StartsWith("hp-volume-") == true && request.Subresource == "eviction")
            .Should().BeEmpty("evicting it would take the disk from under the guest");
        PodsOn(scene).Should().NotContain(name => name.StartsWith("hp-volume-"));
    }

    [Fact]
    public async Task A_rehearsal_asks_once_about_each_pod_marks_nothing_and_ends()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster)
            .WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate())
            .WithVirtualMachine("blocked", vm => vm.On(Node).LiveMigrate().NotMigratable())
            .WithVirtualMachine("kept", vm => vm.On(Node).WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" }));

        var plan = await NodeMaintenance.OnNode(Node).Drain(drain => drain with { Rehearse = true }).PlanAsync(scene.Client);

        var asked = scene.Cluster.Requests.Of("create", "pods", "eviction");
        asked.Should().HaveCount(3).And.OnlyContain(request => request.Query.Contains("dryRun=All"));
        var said = plan.Steps[0].Findings.Where(finding => finding.Code == "Rehearsal").ToDictionary(finding => finding.Message.Split(':')[0], finding => finding.Message);
        said["VM default/moves"].Should().EndWith("KubeVirt would migrate it.");
        said["VM default/blocked"].Should().Contain("not live-migratable");
        said["VM default/kept"].Should().Contain("keep-it needs 1 healthy pods");
        scene.Cluster.Objects.Text("virtualmachineinstances", "moves", "status.evacuationNodeName").Should().BeNull();
        scene.Cluster.Guests.On(Node).Should().HaveCount(3);
    }

    [Fact]
    public async Task Quiet_can_be_asked_for_and_what_comes_meanwhile_leaves_too()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("vm", vm => vm.On(Node)));
        var run = scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).GracefulShutdown(drain => drain with { EmptyFor = TimeSpan.FromMinutes(1) }));
        await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.Of("vm") is [{ Node: not Node }], "it has moved");
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(40));

        var late = Pod("virt-launcher-late-x1y2z");
        late["metadata"]!["labels"]!["kubevirt.io"] = "virt-launcher";
        var came = scene.Cluster.Time.GetUtcNow();
        scene.Cluster.Objects.Create(late);

        var report = await run;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Steps[^1].Outcome.Message.Should().Be("empty for 60 s; 1 pod came late and left");
        (report.FinishedAt - came).Should().BeGreaterThan(TimeSpan.FromMinutes(1), "the time begins anew");
    }

    [Fact]
    public async Task A_run_can_end_when_somebody_has_shut_the_node_down()
    {
        await using var scene = await Scene.StartAsync(cluster => Workers(cluster).WithVirtualMachine("vm", vm => vm.On(Node)));
        var run = scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).GracefulShutdown().WaitUntilNotReady());
        await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.On(Node).Count == 0, "it is empty");
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));
        run.IsCompleted.Should().BeFalse();

        scene.Cluster.CrashNode(Node);

        var report = await run;
        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Steps[^1].Outcome.Message.Should().StartWith("not Ready");
    }

    [Fact]
    public async Task A_node_without_KubeVirt_can_be_drained_of_ordinary_pods()
    {
        await using var scene = await StartAsync();
        scene.Cluster.Faults.Add(new VmNodeOps.Testing.Faults.FaultRule
        {
            When = request => request.Path.StartsWith("/apis/kubevirt.io/", StringComparison.Ordinal),
            Effect = VmNodeOps.Testing.Faults.FaultEffect.Status(404, "NotFound", "the server could not find the requested resource"),
        });

        var report = await RunAsync(scene, drain => drain with { PodSelector = "app=shop" });

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
    }

    private static Task<MaintenanceReport> RunAsync(Scene scene, Func<DrainOptions, DrainOptions>? configure = null) =>
        scene.Runner.RunAsync(NodeMaintenance.OnNode(Node).Cordon().Drain(configure).With(options => options with { Timeout = TimeSpan.FromMinutes(10) }));

    private static Task<Scene> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? more = null) => Scene.StartAsync(cluster =>
    {
        cluster = Workers(cluster)
            .WithVirtualMachine("vm", vm => vm.On(Node))
            .WithWorkload("shop", work => work with { Node = Node, Replicas = 2 })
            .WithWorkload("cache", work => work with { Node = Node, HasEmptyDir = true })
            .WithWorkload("agent", work => work with { Kind = SimulatedWorkloadKind.DaemonSet })
            .WithWorkload("bare", work => work with { Kind = SimulatedWorkloadKind.Pod, Node = Node });
        return more?.Invoke(cluster) ?? cluster;
    });

    private static SimulatedClusterBuilder Workers(SimulatedClusterBuilder cluster) => cluster.WithNodes(Node, "worker-2", "worker-3");

    private static List<string> PodsOn(Scene scene) =>
        [.. scene.Cluster.Objects.Names("pods", pod => (string?)pod["spec"]!["nodeName"] == Node).Where(name => !name.StartsWith("virt-api") && !name.StartsWith("virt-controller"))];

    private static JsonObject Pod(string name, JsonObject? annotations = null) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["labels"] = new JsonObject { ["app"] = name }, ["annotations"] = annotations },
        ["spec"] = new JsonObject { ["nodeName"] = Node, ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "registry.invalid/main:1" }) },
    };
}
