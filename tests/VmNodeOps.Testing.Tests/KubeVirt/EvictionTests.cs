namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>What KubeVirt answers to evictions, strategy by strategy.</summary>
public sealed class EvictionTests
{
    private const string Webhook = "admission webhook \"virt-launcher-eviction-interceptor.kubevirt.io\" denied the request: ";

    public static TheoryData<SimulatedEvictionStrategy?, bool, int, string, bool> Answers => new()
    {
        { null, true, 201, "", false },
        { SimulatedEvictionStrategy.None, true, 201, "", false },
        { SimulatedEvictionStrategy.None, false, 201, "", false },
        { SimulatedEvictionStrategy.LiveMigrate, true, 429, Webhook + "Eviction triggered evacuation of VMI \"default/vm\"", true },
        { SimulatedEvictionStrategy.LiveMigrate, false, 429, Webhook + "VMI vm is configured with an eviction strategy but is not live-migratable", false },
        { SimulatedEvictionStrategy.LiveMigrateIfPossible, true, 429, Webhook + "Eviction triggered evacuation of VMI \"default/vm\"", true },
        { SimulatedEvictionStrategy.LiveMigrateIfPossible, false, 201, "", false },
        { SimulatedEvictionStrategy.External, true, 429, Webhook + "Eviction triggered evacuation of VMI \"default/vm\"", true },
        { SimulatedEvictionStrategy.External, false, 429, Webhook + "Eviction triggered evacuation of VMI \"default/vm\"", true },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_eviction_is_answered_by_strategy_and_migratability(
        SimulatedEvictionStrategy? strategy, bool migratable, int code, string message, bool marked)
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => (vm with { EvictionStrategy = strategy }).On("node-1").WithDisk(shared: migratable)));
        using var pause = cluster.Time.Pause();
        var pod = cluster.Pod("vm");

        var preview = cluster.Evict(pod, dryRun: true);
        cluster.Instance("vm", "status.evacuationNodeName").Should().BeNull("a dry run leaves no mark");
        var answer = cluster.Evict(pod);

        preview.Should().Be(answer);
        answer.Should().Be((code, message));
        cluster.Instance("vm", "status.evacuationNodeName").Should().Be(marked ? "node-1" : null);
        if (marked)
        {
            cluster.Evict(pod).Should().Be((429, Webhook + "Evacuation in progress: Eviction triggered evacuation of VMI \"default/vm\""));
        }
    }

    [Fact]
    public async Task The_refusal_has_a_code_and_a_message_and_nothing_else()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.LiveMigrate().NotMigratable()));

        var refused = () => cluster.Api.Evict("default", cluster.Pod("vm"));

        var status = refused.Should().Throw<VmNodeOps.Testing.Api.ApiErrorException>().Which;
        status.Status.Select(member => member.Key).Should().Equal("kind", "apiVersion", "metadata", "status", "message", "code");
        status.RetryAfterSeconds.Should().BeNull();
    }

    [Fact]
    public async Task The_target_of_a_migration_is_not_evicted()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { MigrationDuration = TimeSpan.FromMinutes(20) })));
        var source = cluster.Pod("vm");
        cluster.Objects.Create(Migration("vm"));
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.migrationState.startTimestamp") is not null, "it migrates");
        var target = cluster.Pods("vm").Single(pod => pod != source);

        cluster.Evict(target).Message.Should().EndWith("Eviction request for target Pod");
        cluster.Evict(source).Message.Should().EndWith("denied the request: Eviction triggered evacuation of VMI \"default/vm\"");
        cluster.Evict(target).Message.Should().Contain("Evacuation in progress");
        await cluster.UntilGoneAsync("node-1", "vm");
        cluster.Instance("vm", "status.evacuationNodeName").Should().BeNull();
        cluster.Objects.List("virtualmachineinstancemigrations").Should().ContainSingle("the user's migration was the evacuation");
    }

    [Fact]
    public async Task A_completed_source_pod_stays_and_evicts_normally()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate()));
        var source = cluster.Pod("vm");
        cluster.Evict(source);
        await cluster.UntilGoneAsync("node-1", "vm");
        await cluster.UntilAsync(() => cluster.Objects.Text("pods", source, "status.phase") == "Succeeded", "the source has completed");

        cluster.Objects.Text("pods", source, "spec.nodeName").Should().Be("node-1");
        cluster.Evict(source).Code.Should().Be(201);
        cluster.Objects.Get("pods", source).Should().BeNull();
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_launcher_without_its_instance_cannot_be_evicted()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm"));
        var pod = cluster.Pod("vm");
        cluster.Objects.Change("pods", pod, json => json["metadata"]!["annotations"]!["kubevirt.io/domain"] = "gone");

        cluster.Evict(pod).Should().Be(
            (429, Webhook + "kubevirt failed getting the vmi: virtualmachineinstances.kubevirt.io \"gone\" not found"));
    }

    [Fact]
    public async Task A_hotplug_pod_is_guarded_while_its_machine_lives()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.WithDisk("root", shared: true).WithDisk("extra", shared: true, hotplugged: true)));
        await cluster.UntilAsync(() => HotplugPods(cluster).Count == 1, "the disk has its pod");

        cluster.Evict(HotplugPods(cluster)[0]).Should().Be((
            429,
            "admission webhook \"hotplug-pod-eviction-interceptor.kubevirt.io\" denied the request: "
            + $"cannot evict hotplug pod: {HotplugPods(cluster)[0]} associated with running vmi: vm in namespace default"));
    }

    [Fact]
    public async Task Before_1_7_a_hotplug_pod_is_not_guarded()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Version15 }).WithVirtualMachine(
            "vm", vm => vm.WithDisk("root", shared: true).WithDisk("extra", shared: true, hotplugged: true)));
        await cluster.UntilAsync(() => HotplugPods(cluster).Count == 1, "the disk has its pod");

        cluster.Evict(HotplugPods(cluster)[0]).Code.Should().Be(201);
    }

    internal static System.Text.Json.Nodes.JsonObject Migration(string machine, string name = "m") => new()
    {
        ["apiVersion"] = "kubevirt.io/v1",
        ["kind"] = "VirtualMachineInstanceMigration",
        ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new System.Text.Json.Nodes.JsonObject { ["vmiName"] = machine },
    };

    private static IReadOnlyList<string> HotplugPods(SimulatedCluster cluster) => cluster.Objects.Names(
        "pods", pod => (string?)pod["metadata"]?["labels"]?["kubevirt.io"] == "hotplug-disk");
}
