using System.Text.Json.Nodes;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Volumes;

public sealed class ReleaseVolumesTests
{
    [Fact]
    public async Task An_attachment_that_a_plain_pod_still_uses_is_named_and_left()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("idle", vm => vm.On("node-1").WithDisk()));
        // A pod that is no machine mounts the claim of one.
        scene.Cluster.Objects.Create(PlainPod("backup", "node-1", "idle-disk"));
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("pods", "backup", "status.phase") == "Running", "the backup runs");
        await scene.CrashAsync("node-1");
        var held = scene.Cluster.Objects.Names("volumeattachments", one => (string?)one["spec"]!["source"]!["persistentVolumeName"] == "pv-default-idle-disk");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { Timeout = TimeSpan.FromMinutes(4) }));

        var finding = report.Findings.Where(one => one.Code == "AttachmentInUse").Should().ContainSingle().Subject;
        finding.Message.Should().Contain("default/backup").And.Contain("pv-default-idle-disk");
        finding.Lift.Should().Contain("kubectl delete pod --force -n default backup");
        scene.Attachments("node-1").Should().BeEquivalentTo(held);
        scene.OurWrites().Select(write => write.Name).Should().NotContain(held).And.NotContain("backup");
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");
        report.Summary.Should().Contain("idle", "it cannot start while its volume is attached elsewhere");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task What_becomes_of_attachments_after_the_plan_is_heard_without_listing_them_again()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("web", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("cache", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("other", vm => vm.On("node-2").WithDisk()));
        var db = AttachmentOf(scene, "db");
        Create(scene, Copy(scene, db, "stale"));
        var others = scene.Attachments("node-2");
        await scene.CrashAsync("node-1");
        var planned = (string)scene.Cluster.Objects.Get("volumeattachments", db, ns: null)!["metadata"]!["uid"]!;
        var changed = 0;
        using var meddling = scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Resource = "pods",
            Effect = FaultEffect.Choose(_ =>
            {
                if (Interlocked.Exchange(ref changed, 1) == 0)
                {
                    // After the plan: one comes again under its name, one has gone, one is new.
                    var (again, late) = (Copy(scene, db, db), Copy(scene, db, "late"));
                    foreach (var gone in new[] { db, "stale" })
                    {
                        scene.Cluster.Objects.Change("volumeattachments", gone, json => json["metadata"]!.AsObject().Remove("finalizers"), ns: null);
                        scene.Cluster.Objects.Delete("volumeattachments", gone, ns: null, force: true);
                    }

                    Create(scene, again);
                    Create(scene, late);
                }

                return null;
            }),
        });
        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        changed.Should().Be(1);
        scene.Cluster.Requests.Of("list", "volumeattachments").Should().ContainSingle();
        scene.Attachments("node-1").Should().BeEmpty();
        scene.Attachments("node-2").Should().Contain(others);
        scene.OurWrites().Where(write => write.Name == db).Should().Contain(write => !write.Body.Contains(planned, StringComparison.Ordinal), "the new one has a UID of its own");
        scene.OurWrites().Where(write => write is { Resource: "volumeattachments", Name: "late" }).Should().ContainSingle();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    /// <summary>An attachment like that one; under another name, of another volume.</summary>
    private static JsonObject Copy(Scene scene, string attachment, string name)
    {
        var copy = scene.Cluster.Objects.Get("volumeattachments", attachment, ns: null)!.DeepClone().AsObject();
        copy["metadata"]!["name"] = name;
        copy["spec"]!["source"]!["persistentVolumeName"] = name == attachment ? (string)copy["spec"]!["source"]!["persistentVolumeName"]! : $"pv-{name}";
        copy["metadata"]!.AsObject().Remove("uid");
        copy["metadata"]!.AsObject().Remove("resourceVersion");
        return copy;
    }

    private static void Create(Scene scene, JsonObject attachment) => scene.Cluster.Objects.Create(attachment);

    private static string AttachmentOf(Scene scene, string machine) =>
        scene.Cluster.Objects.Names("volumeattachments", one => (string?)one["spec"]!["source"]!["persistentVolumeName"] == $"pv-default-{machine}-disk").Single();

    [Fact]
    public async Task A_finalizer_that_does_not_fall_is_named_with_the_drivers_error_and_never_stripped()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk(shared: true))
            .WithVirtualMachine("web", vm => vm.On("node-1").WithDisk()));
        var stuck = scene.Cluster.Objects.Names("volumeattachments", one => (string?)one["spec"]!["source"]!["persistentVolumeName"] == "pv-default-db-disk").Single();
        await scene.CrashAsync("node-1");
        scene.Cluster.FailDetaching("pv-default-db-disk", "rpc error: the array does not answer");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Steps[^1].Outcome.Code.Should().Be("AttachmentsRemain");
        report.Summary.Should().Contain(stuck).And.Contain("external-attacher/csi-simulated-example").And.Contain("the array does not answer");
        report.Findings.Should().Contain(finding => finding.Code == "AttachmentStuck");
        report.Outcomes().Values.Should().OnlyContain(outcome => outcome == VirtualMachineOutcome.Restarted, "a shared volume does not keep a machine from starting");
        scene.Cluster.Objects.Get("volumeattachments", stuck, ns: null)!["metadata"]!["finalizers"]!.AsArray()
            .Select(finalizer => (string)finalizer!).Should().Contain("external-attacher/csi-simulated-example");
        scene.OurWrites().Where(write => write.Resource == "volumeattachments").Should().OnlyContain(write => write.Verb == "delete");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_finalizer_that_does_not_fall_is_stripped_only_when_told_to_and_after_its_time()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk(shared: true))
            .WithVirtualMachine("other", vm => vm.On("node-2").WithDisk(shared: true)));
        var stuck = scene.Attachments("node-1").Single();
        var others = scene.Attachments("node-2");
        await scene.CrashAsync("node-1");
        scene.Cluster.FailDetaching("pv-default-db-disk", "rpc error: the array does not answer");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1", options => options with { StripFinalizers = true }));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Findings.Should().ContainSingle(finding => finding.Code == "FinalizerStripped").Which.Message.Should().Contain("the array does not answer");
        report.Writes.Should().ContainSingle(write => write.Verb == "strip-finalizers").Which.Target.Name.Name.Should().Be(stuck);
        scene.Attachments("node-1").Should().BeEmpty();
        scene.Attachments("node-2").Should().Contain(others);
        var writes = scene.OurWrites().Where(write => write.Name == stuck).ToList();
        writes.Select(write => write.Verb).Should().Equal("delete", "patch");
        (writes[1].Time - writes[0].Time).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(5));
        writes[1].Body.Should().Contain("resourceVersion").And.Contain("uid");
    }

    [Fact]
    public async Task A_finalizer_that_falls_late_makes_the_run_done_all_the_same()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        var attachment = scene.Attachments("node-1").Single();
        await scene.CrashAsync("node-1");
        scene.Cluster.FailDetaching("pv-default-db-disk");
        var lifted = LiftAsync();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        await lifted;
        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Attachments("node-1").Should().BeEmpty();
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");

        async Task LiftAsync()
        {
            await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(5));
            scene.Cluster.FailDetaching("pv-default-db-disk", error: null);
        }
    }

    [Fact]
    public async Task Hotplugged_disks_go_with_their_machine()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk().WithDisk("extra", hotplugged: true)));
        scene.Attachments("node-1").Should().HaveCount(2);
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Findings.Should().NotContain(finding => finding.Code == "AttachmentInUse");
        scene.Attachments("node-1").Should().BeEmpty();
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Disks.Should().HaveCount(2);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task While_a_machines_own_pod_is_there_its_volumes_stay()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(Crashes.Operator).ReleaseVolumes());

        report.Findings.Should().ContainSingle(finding => finding.Code == "AttachmentInUse").Which.Message.Should().Contain("virt-launcher-db");
        scene.OurWrites().Should().BeEmpty();
        scene.Attachments("node-1").Should().HaveCount(1);
    }

    private static JsonObject PlainPod(string name, string node, string claim) => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "{{name}}", "namespace": "default" },
          "spec": {
            "nodeName": "{{node}}",
            "containers": [ { "name": "main", "image": "example/backup" } ],
            "volumes": [ { "name": "data", "persistentVolumeClaim": { "claimName": "{{claim}}" } } ]
          }
        }
        """)!.AsObject();
}
