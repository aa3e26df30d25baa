using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>Evacuations and live migrations, step by step.</summary>
public sealed class MigrationTests
{
    /// <summary>The recorded migration seen on the instance: the field that tells each step.</summary>
    private static readonly string[] InstanceSteps =
    [
        "+evacuationNodeName", "~conditions", "+nonroot", "~activePods", "+migrationState", "+targetNodeAddress", "+startTimestamp",
        "+targetNodeDomainDetected", "~nodeName", "+completed", "-migrationTargetNodeName", "~conditions", "~conditions",
    ];

    [Fact]
    public async Task The_instance_goes_through_the_recorded_steps()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("lm1", vm => vm.On("node-1").LiveMigrate()));
        var before = cluster.Objects.Get("virtualmachineinstances", "lm1")!;
        var seen = cluster.Record(ResourceTypes.VirtualMachineInstances, "lm1");

        cluster.Evict(cluster.Pod("lm1"));
        await cluster.UntilGoneAsync("node-1", "lm1");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(5));

        seen.Should().OnlyContain(change => change.Kind == "Modified");
        var steps = Steps(before, [.. seen.Select(change => change.Object)]);
        // When the target pod's node gets into activePods is a race on a real cluster too.
        var placed = steps.LastIndexOf("~activePods");
        steps.RemoveAt(placed);
        steps.Should().Equal(InstanceSteps);
        seen.Should().HaveCount(14, "as recorded");
    }

    [Fact]
    public async Task The_migration_goes_through_the_recorded_phases()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("lm1", vm => vm.On("node-1").LiveMigrate()));
        var seen = cluster.Record(ResourceTypes.VirtualMachineInstanceMigrations);

        cluster.Evict(cluster.Pod("lm1"));
        await cluster.UntilGoneAsync("node-1", "lm1");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(5));

        seen.Select(change => change.Kind).Should().Equal(["Added", .. Enumerable.Repeat("Modified", 10)]);
        seen.Select(change => (string?)change.Object["status"]?["phase"]).Should().Equal(
            null, null, "Pending", "Scheduling", "Scheduled", "PreparingTarget", "TargetReady", "Running", "Succeeded", "Succeeded", "Succeeded");
        var first = seen[0].Object;
        first.Text("metadata.generateName").Should().Be("kubevirt-evacuation-");
        first.Text("spec.priority").Should().Be("system-critical");
        ((string?)first["metadata"]!["annotations"]!["kubevirt.io/evacuationMigration"]).Should().Be("node-1");
        ((string?)first["metadata"]!["labels"]!["kubevirt.io/vmi-name"]).Should().Be("lm1");
        var last = seen[^1].Object;
        last["metadata"]!["finalizers"].Should().BeNull();
        last["status"]!["migrationState"]!.AsObject().Select(member => member.Key).Should().BeEquivalentTo(
            "completed", "endTimestamp", "migrationConfiguration", "migrationUid", "mode", "sourceNode", "sourcePod", "startTimestamp",
            "targetDirectMigrationNodePorts", "targetMemoryOverhead", "targetNode", "targetNodeAddress", "targetNodeDomainDetected",
            "targetNodeDomainReadyTimestamp", "targetPod");
        cluster.Guests.History.Should().HaveCount(2);
        cluster.Guests.History[0].End.Should().Be(GuestEnd.Migrated);
        cluster.Guests.History[1].StartedAt.Should().Be(cluster.Guests.History[0].EndedAt);
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Theory]
    [InlineData("1.3.0")]
    [InlineData("1.9.0")]
    public async Task No_more_than_two_leave_a_node_at_once(string version)
    {
        var names = Enumerable.Range(1, 8).Select(number => $"vm-{number}").ToArray();
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Of(version) })
            .WithVirtualMachines(names.Select(name => new SimulatedVirtualMachine { Name = name }.On("node-1").LiveMigrate())));
        var most = 0;
        using var watch = cluster.Api.Observe(ResourceTypes.VirtualMachineInstanceMigrations, _ => most = Math.Max(most, cluster.Objects.Names(
            "virtualmachineinstancemigrations",
            migration => (string?)migration["status"]?["phase"] is "Scheduling" or "Scheduled" or "PreparingTarget" or "TargetReady" or "Running").Count));

        foreach (var pod in names.Select(name => cluster.Pod(name)).ToArray())
        {
            cluster.Evict(pod).Code.Should().Be(429);
        }

        await cluster.UntilGoneAsync("node-1", names);
        most.Should().Be(2);
        cluster.Guests.On("node-1").Should().BeEmpty();
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task The_limits_of_the_KubeVirt_resource_count()
    {
        var names = Enumerable.Range(1, 6).Select(number => $"vm-{number}").ToArray();
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { ParallelMigrationsPerCluster = 3, ParallelOutboundMigrationsPerNode = 6 })
            .WithVirtualMachines(names.Select(name => new SimulatedVirtualMachine { Name = name }.On("node-1").LiveMigrate())));
        foreach (var pod in names.Select(name => cluster.Pod(name)).ToArray())
        {
            cluster.Evict(pod);
        }

        await cluster.UntilAsync(() => cluster.Guests.On("node-1").Count == 3, "the first three are gone");
        await cluster.UntilGoneAsync("node-1", names);

        var starts = cluster.Guests.History.Where(guest => guest.End is null).Select(guest => guest.StartedAt).Distinct().ToArray();
        starts.Should().HaveCount(2);
    }

    [Fact]
    public async Task Failed_evacuations_wait_twenty_forty_and_eighty_seconds()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { FailingMigrations = 3 })));

        cluster.Evict(cluster.Pod("vm"));
        await cluster.UntilGoneAsync("node-1", "vm");

        var migrations = cluster.Objects.List("virtualmachineinstancemigrations").OrderBy(Begun).ToArray();
        migrations.Select(migration => migration.Text("status.phase")).Should().Equal("Failed", "Failed", "Failed", "Succeeded");
        var waits = migrations.Zip(migrations.Skip(1), (failed, next) => Begun(next) - Reached(failed, "Failed")).ToArray();
        waits.Should().Equal(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(80));
        cluster.Objects.Names("events", e => (string?)e["reason"] == "MigrationBackoff").Should().HaveCount(3);
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Only_five_finished_migrations_are_kept()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { FailingMigrations = 7 })));

        cluster.Evict(cluster.Pod("vm"));
        await cluster.UntilGoneAsync("node-1", "vm");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(5));

        cluster.Objects.List("virtualmachineinstancemigrations").Should().HaveCount(5);
        cluster.Pods("vm", phase: null).Should().HaveCount(6, "five migrations keep what they left behind, and one pod runs");
    }

    [Fact]
    public async Task Cancelling_takes_the_mark_off_and_the_migration_must_be_deleted_too()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { MigrationDuration = TimeSpan.FromHours(24) })));
        cluster.Evict(cluster.Pod("vm"));
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.migrationState.startTimestamp") is not null, "it migrates");

        cluster.Call("virtualmachineinstances", "vm", "evacuate/cancel", """{"evacuationNodeName":"node-2"}""").Should().Be(500);
        cluster.Call("virtualmachineinstances", "vm", "evacuate/cancel", """{"evacuationNodeName":"node-1"}""").Should().Be(200);
        cluster.Call("virtualmachineinstances", "vm", "evacuate/cancel", """{"evacuationNodeName":"node-1"}""").Should().Be(200, "unmarked is no error");
        cluster.Instance("vm", "status.evacuationNodeName").Should().BeNull();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(30));
        var migration = cluster.Objects.Names("virtualmachineinstancemigrations").Single();
        cluster.Objects.Text("virtualmachineinstancemigrations", migration, "status.phase").Should().Be("Running");

        cluster.Objects.Delete("virtualmachineinstancemigrations", migration);
        await cluster.UntilAsync(() => cluster.Objects.List("virtualmachineinstancemigrations").Count == 0, "the migration is gone");

        cluster.Instance("vm", "status.migrationState.abortStatus").Should().Be("Succeeded");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(15));
        cluster.NodeOf("vm").Should().Be("node-1");
        cluster.Guests.History.Should().ContainSingle();
        cluster.Objects.List("virtualmachineinstancemigrations").Should().BeEmpty();
    }

    [Fact]
    public async Task Without_cancelling_first_a_deleted_migration_comes_back()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { MigrationDuration = TimeSpan.FromMinutes(20) })));
        cluster.Evict(cluster.Pod("vm"));
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.migrationState.startTimestamp") is not null, "it migrates");

        cluster.Objects.Delete("virtualmachineinstancemigrations", cluster.Objects.Names("virtualmachineinstancemigrations").Single());
        cluster.SetUnschedulable("node-1", unschedulable: false);

        await cluster.UntilGoneAsync("node-1", "vm");
    }

    [Fact]
    public async Task A_target_that_finds_no_node_is_given_up_after_five_minutes()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate()));
        cluster.SetUnschedulable("node-2");
        cluster.SetUnschedulable("node-3");
        cluster.Evict(cluster.Pod("vm"));
        await cluster.UntilAsync(
            () => cluster.Objects.Names("virtualmachineinstancemigrations", m => (string?)m["status"]?["phase"] == "Failed").Count == 1,
            "the migration fails",
            TimeSpan.FromMinutes(10));

        var migration = cluster.Objects.List("virtualmachineinstancemigrations").First(m => m.Text("status.phase") == "Failed");
        (Reached(migration, "Failed") - Begun(migration)).Should().BeCloseTo(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));
        cluster.Objects.Names("events", e => (string?)e["reason"] == "migrationTargetPodUnschedulable").Should().NotBeEmpty();
        cluster.NodeOf("vm").Should().Be("node-1");
        cluster.SetUnschedulable("node-2", unschedulable: false);
        await cluster.UntilGoneAsync("node-1", "vm");
    }

    [Fact]
    public async Task A_target_pod_on_a_dead_node_stalls_the_evacuation_until_it_is_removed()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { MigrationDuration = TimeSpan.FromMinutes(20) })));
        var source = cluster.Pod("vm");
        cluster.Evict(source);
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.migrationState.startTimestamp") is not null, "it migrates");
        cluster.CrashNode(cluster.Instance("vm", "status.migrationState.targetNode")!);

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(40));
        cluster.NodeOf("vm").Should().Be("node-1");
        cluster.Objects.Names("virtualmachineinstancemigrations", m => (string?)m["status"]?["phase"] is not "Failed").Should().BeEmpty();

        cluster.Objects.Delete("pods", cluster.Pods("vm").Single(pod => pod != source), force: true);
        await cluster.UntilGoneAsync("node-1", "vm");
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task The_drain_taint_migrates_what_can_and_marks_nothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("moves", vm => vm.On("node-1").LiveMigrate())
            .WithVirtualMachine("fixed", vm => vm.On("node-1").LiveMigrate().NotMigratable())
            .WithVirtualMachine("none", vm => vm.On("node-1")));

        cluster.SetUnschedulable("node-1");
        cluster.Objects.Change("nodes", "node-1", json => json["spec"]!["taints"] = new JsonArray(
            new JsonObject { ["key"] = "kubevirt.io/drain", ["effect"] = "NoSchedule" }));
        await cluster.UntilGoneAsync("node-1", "moves");

        cluster.NodeOf("fixed").Should().Be("node-1");
        cluster.NodeOf("none").Should().Be("node-1");
        cluster.Objects.Names("virtualmachineinstances", each => each["status"]?["evacuationNodeName"] is not null).Should().BeEmpty();
    }

    [Fact]
    public async Task A_paused_machine_migrates_and_stays_paused()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate() with { IsPaused = true }));

        cluster.Evict(cluster.Pod("vm")).Code.Should().Be(429);
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.nodeName") is not "node-1", "it has moved");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(5));

        cluster.Objects.Condition("virtualmachineinstances", "vm", "Paused").Should().Be("True");
        cluster.Guests.Of("vm").Single().IsPaused.Should().BeTrue();
        cluster.Printable("vm").Should().Be("Paused");
    }

    private static DateTimeOffset? Begun(JsonObject migration) => Reached(migration, "Scheduling");

    private static DateTimeOffset? Reached(JsonObject migration, string phase) =>
        (migration["status"]!["phaseTransitionTimestamps"] as JsonArray)!.LastOrDefault(each => (string?)each!["phase"] == phase) is { } reached
            ? DateTimeOffset.Parse((string)reached["phaseTransitionTimestamp"]!, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <summary>For each version the first field that changed against the one before, of those that the recorded steps name.</summary>
    private static List<string> Steps(JsonObject before, IReadOnlyList<JsonObject> versions)
    {
        var steps = new List<string>();
        foreach (var version in versions)
        {
            steps.Add(Step(before, version));
            before = version;
        }

        return steps;
    }

    private static string Step(JsonObject old, JsonObject now)
    {
        (string Name, JsonNode? Old, JsonNode? Now)[] fields =
        [
            Field("nodeName", "status"), Field("evacuationNodeName", "status"), Field("migrationState", "status", onlyPresence: true),
            Field("completed", "status.migrationState"), Field("targetNodeDomainDetected", "status.migrationState"),
            Field("startTimestamp", "status.migrationState"), Field("targetNodeAddress", "status.migrationState"),
            ("migrationTargetNodeName", old["metadata"]!["labels"]!["kubevirt.io/migrationTargetNodeName"], now["metadata"]!["labels"]!["kubevirt.io/migrationTargetNodeName"]),
            ("nonroot", old["metadata"]!["annotations"]!["kubevirt.io/nonroot"], now["metadata"]!["annotations"]!["kubevirt.io/nonroot"]),
            Field("activePods", "status"), Field("conditions", "status"),
        ];
        foreach (var (name, before, after) in fields)
        {
            if (!JsonNode.DeepEquals(before, after))
            {
                return (before is null ? "+" : after is null ? "-" : "~") + name;
            }
        }

        return "nothing";

        (string, JsonNode?, JsonNode?) Field(string name, string at, bool onlyPresence = false)
        {
            var (before, after) = (old.At(at)?[name], now.At(at)?[name]);
            return onlyPresence ? (name, before is null ? null : "", after is null ? null : "") : (name, before, after);
        }
    }
}
