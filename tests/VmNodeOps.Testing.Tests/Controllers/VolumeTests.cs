using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Tests.Controllers;

public class VolumeTests
{
    [Fact]
    public async Task A_pod_starts_when_its_volume_is_attached()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");

        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.UntilAsync(() => cluster.Attachment(volume, "node-1") is not null, "attachment made");
        cluster.Pod("pod-a")!.Phase().Should().Be("Pending");
        await cluster.RunningAsync("pod-a");

        var attachment = cluster.Attachment(volume, "node-1")!.Json;
        attachment["metadata"].Texts("finalizers").Should().Equal("external-attacher/csi-example-org");
        attachment["status"].Flag("attached").Should().BeTrue();
        attachment["metadata"].Text("name").Should().MatchRegex("^csi-[0-9a-f]{64}$");
        cluster.Node("node-1").Json["status"].Texts("volumesInUse").Should().Equal("kubernetes.io/csi/csi.example.org^handle-disk");
        cluster.Node("node-1").Json["status"].Children("volumesAttached").Single().Text("name").Should().Be(volume.UniqueName);
        cluster.Plane.Storage.HostsOf("pv-disk").Should().Equal("node-1");
    }

    [Fact]
    public async Task A_volume_is_detached_when_no_pod_wants_it()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        await cluster.UntilAsync(() => cluster.Attachment(volume, "node-1") is null, "detached");

        cluster.Plane.Storage.HostsOf("pv-disk").Should().BeEmpty();
        cluster.Node("node-1").Json["status"].Texts("volumesInUse").Should().BeEmpty();
        await cluster.UntilAsync(() => !cluster.Node("node-1").Json["status"].Children("volumesAttached").Any(), "volumesAttached empty");
    }

    [Fact]
    public async Task A_dead_node_keeps_its_volume_for_six_minutes_after_its_pod_is_gone()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a", DeleteRequest.Force);
        var gone = cluster.Now;
        cluster.AddPodOn("node-2", "pod-b", "disk");
        await cluster.RunningAsync("pod-b");

        (cluster.Now - gone).Should().BeCloseTo(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(5));
        cluster.Attachment(volume, "node-1").Should().BeNull();
        cluster.EventsAbout("pod-b").Should().Contain(
            "Warning FailedAttachVolume: Multi-Attach error for volume \"pv-disk\" Volume is already exclusively attached to one node and can't be attached to another");
    }

    [Fact]
    public async Task Out_of_service_detaches_at_once()
    {
        using var cluster = new ClusterFixture();
        cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        cluster.AddPodOn("node-2", "pod-b", "disk");

        cluster.Taint("node-1", Taint.OutOfService, Taint.NoExecute);
        var tainted = cluster.Now;
        await cluster.RunningAsync("pod-b");

        (cluster.Now - tainted).Should().BeLessThan(TimeSpan.FromSeconds(25));
        cluster.EventsAbout("pod-b").Should().Contain(
            "Warning FailedAttachVolume: Multi-Attach error for volume \"pv-disk\" Volume is already used by pod(s) pod-a");
    }

    [Fact]
    public async Task An_attachment_deleted_by_hand_is_noticed_at_the_next_sync_only()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a", DeleteRequest.Force);
        cluster.AddPodOn("node-2", "pod-b", "disk");
        await cluster.UntilAsync(() => cluster.EventsAbout("pod-b").Any(item => item.Contains("Multi-Attach", StringComparison.Ordinal)), "refused");

        cluster.Api.Delete(ResourceTypes.VolumeAttachments, null, volume.AttachmentName("node-1"))!.IsDeleting.Should().BeTrue();
        var deleted = cluster.Now;
        await cluster.UntilAsync(() => cluster.Attachment(volume, "node-1") is null, "object gone");
        (cluster.Now - deleted).Should().BeLessThan(TimeSpan.FromSeconds(1));
        cluster.Plane.Storage.HostsOf("pv-disk").Should().BeEmpty();
        await cluster.RunningAsync("pod-b");

        (cluster.Now - deleted).Should().BeLessThan(TimeSpan.FromSeconds(63));
        var sinceStart = cluster.Api.Get(ResourceTypes.VolumeAttachments, null, volume.AttachmentName("node-2"))!.Json["metadata"].Text("creationTimestamp");
        (DateTimeOffset.Parse(sinceStart!, null).ToUnixTimeSeconds() % 60).Should().Be(0, "the sync runs every full minute of this cluster");
    }

    [Fact]
    public async Task An_attachment_deleted_under_a_bound_pod_is_made_again()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        var first = cluster.Attachment(volume, "node-1")!.Uid;

        cluster.Api.Delete(ResourceTypes.VolumeAttachments, null, volume.AttachmentName("node-1"));
        await cluster.UntilAsync(
            () => cluster.Attachment(volume, "node-1") is { } again && again.Uid != first && again.Json["status"].Flag("attached"), "made again");

        cluster.Plane.Storage.HostsOf("pv-disk").Should().Equal("node-1");
    }

    [Fact]
    public async Task The_finalizer_stays_until_the_driver_lets_go()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        cluster.Plane.Storage.Fault = call => call.Act == StorageAct.Detach ? "rpc error: the array does not answer" : null;

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));
        var stuck = cluster.Attachment(volume, "node-1")!;
        stuck.IsDeleting.Should().BeTrue();
        stuck.Json["status"].Child("detachError").Text("message").Should().Be("rpc error: the array does not answer");

        cluster.Plane.Storage.Fault = null;
        await cluster.UntilAsync(() => cluster.Attachment(volume, "node-1") is null, "detached");
    }

    [Fact]
    public async Task A_shared_volume_is_attached_to_two_nodes_at_once()
    {
        using var cluster = new ClusterFixture();
        cluster.AddClaim("disk", "ReadWriteMany");

        cluster.AddPodOn("node-1", "pod-a", "disk");
        cluster.AddPodOn("node-2", "pod-b", "disk");
        await cluster.RunningAsync("pod-a");
        await cluster.RunningAsync("pod-b");

        cluster.Plane.Storage.HostsOf("pv-disk").Should().Equal("node-1", "node-2");
    }

    [Fact]
    public async Task A_pod_waits_for_a_claim_that_is_bound_later()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(10));
        cluster.Pod("pod-a")!.Phase().Should().Be("Pending");

        cluster.AddClaim("disk");

        await cluster.RunningAsync("pod-a");
    }

    [Fact]
    public async Task A_terminating_pod_on_a_dead_node_goes_on_wanting_its_volume()
    {
        using var cluster = new ClusterFixture();
        var volume = cluster.AddClaim("disk");
        cluster.AddPodOn("node-1", "pod-a", "disk");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(15));

        cluster.Attachment(volume, "node-1")!.Json["status"].Flag("attached").Should().BeTrue();
    }
}
