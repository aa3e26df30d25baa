using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class DeletionTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_running_pod_is_marked_with_its_grace_and_stays()
    {
        _test.CreatePod("a");

        var pod = _test.Api.Delete(ResourceTypes.Pods, "default", "a")!;

        ((string)pod.At("metadata.deletionTimestamp")!).Should().Be("2026-01-01T00:00:30Z");
        ((long)pod.At("metadata.deletionGracePeriodSeconds")!).Should().Be(30);
        ((long)pod.At("metadata.generation")!).Should().Be(2);
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeSameAs(pod);
    }

    [Theory]
    [InlineData(null, "Pending")]
    [InlineData("n1", "Succeeded")]
    [InlineData("n1", "Failed")]
    public void A_pod_that_runs_nothing_goes_at_once(string? node, string phase)
    {
        _test.CreatePod("a", node, phase);

        _test.Api.Delete(ResourceTypes.Pods, "default", "a");

        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeNull();
    }

    [Fact]
    public void A_grace_that_runs_can_only_be_shortened()
    {
        _test.CreatePod("a");
        _test.Api.Delete(ResourceTypes.Pods, "default", "a");

        var longer = _test.Api.Delete(ResourceTypes.Pods, "default", "a", new DeleteRequest { GracePeriodSeconds = 100 })!;
        ((string)longer.At("metadata.deletionTimestamp")!).Should().Be("2026-01-01T00:00:30Z");
        var shorter = _test.Api.Delete(ResourceTypes.Pods, "default", "a", new DeleteRequest { GracePeriodSeconds = 5 })!;
        ((string)shorter.At("metadata.deletionTimestamp")!).Should().Be("2026-01-01T00:00:05Z");
        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force);

        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeNull();
    }

    [Fact]
    public void A_forced_pod_with_a_finalizer_waits_for_it()
    {
        var body = TestApi.Pod("a");
        body["metadata"]!["finalizers"] = new System.Text.Json.Nodes.JsonArray("x/y");
        _test.Api.Create(ResourceTypes.Pods, body);

        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force)!.IsDeleting.Should().BeTrue();
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().NotBeNull();
        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["metadata"]!.AsObject().Remove("finalizers"));

        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeNull();
    }

    [Fact]
    public void Preconditions_name_both_sides()
    {
        var pod = _test.CreatePod("a");

        TestApi.Refusal(() => Delete(ResourceTypes.Pods, "a", """{"preconditions":{"uid":"other"}}""")).Should().Be(
            "409 Conflict: Operation cannot be fulfilled on Pod \"a\": the UID in the precondition (other) does not match the UID in record " +
            $"({pod.Uid}). The object might have been deleted and then recreated");
        TestApi.Refusal(() => Delete(ResourceTypes.Pods, "a", """{"preconditions":{"resourceVersion":"7"}}""")).Should().Be(
            "409 Conflict: Operation cannot be fulfilled on Pod \"a\": the ResourceVersion in the precondition (7) does not match the " +
            $"ResourceVersion in record ({pod.Revision}). The object might have been modified");
    }

    [Fact]
    public void A_dry_run_shows_the_pod_as_it_would_be_and_leaves_it()
    {
        var pod = _test.CreatePod("a");

        var answer = (ObjectAnswer)Delete(ResourceTypes.Pods, "a", """{"gracePeriodSeconds":0,"dryRun":["All"]}""");

        ((long)answer.Object.At("metadata.deletionGracePeriodSeconds")!).Should().Be(0);
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeSameAs(pod);
    }

    [Fact]
    public void A_lease_answers_with_a_status_and_an_attachment_that_waits_with_itself()
    {
        _test.Api.Create(ResourceTypes.Leases, TestApi.Json("""{"metadata":{"name":"l","namespace":"default"}}"""));
        _test.Api.Create(ResourceTypes.VolumeAttachments, TestApi.Json("""{"metadata":{"name":"va","finalizers":["external-attacher/x"]},"spec":{}}"""));

        var status = ((JsonAnswer)Delete(ResourceTypes.Leases, "l")).Body!;
        var attachment = (ObjectAnswer)Delete(ResourceTypes.VolumeAttachments, "va");

        ((string)status["status"]!, (string)status["details"]!["kind"]!).Should().Be(("Success", "leases"));
        attachment.Object.IsDeleting.Should().BeTrue();
        ((long)attachment.Object.At("metadata.deletionGracePeriodSeconds")!).Should().Be(0);
    }

    [Fact]
    public void A_collection_is_deleted_by_selector()
    {
        _test.CreatePod("a", labels: """{"x":"1"}""");
        _test.CreatePod("b");

        var answer = (ListAnswer)_test.Call("deletecollection", ResourceTypes.Pods, query: "labelSelector=x", body: """{"gracePeriodSeconds":0}""");

        answer.Items.Select(item => item.Name).Should().Equal("a");
        _test.Api.List(ResourceTypes.Pods).Select(pod => pod.Name).Should().Equal("b");
    }

    [Fact]
    public async Task A_namespace_terminates_empties_and_goes()
    {
        _test.Api.Create(ResourceTypes.Namespaces, TestApi.Json("""{"metadata":{"name":"going"}}"""));
        var body = TestApi.Pod("stuck");
        body["metadata"]!["namespace"] = "going";
        body["metadata"]!["finalizers"] = new System.Text.Json.Nodes.JsonArray("x/y");
        _test.Api.Create(ResourceTypes.Pods, body);
        _test.Api.Create(ResourceTypes.ConfigMaps, TestApi.Json("""{"metadata":{"name":"c","namespace":"going"}}"""));

        var ns = ((ObjectAnswer)_test.Call("delete", ResourceTypes.Namespaces, "going")).Object;
        await _test.SettleAsync();

        ((string)ns.At("status.phase")!).Should().Be("Terminating");
        _test.Api.List(ResourceTypes.ConfigMaps, "going").Should().BeEmpty();
        _test.Api.Get(ResourceTypes.Pods, "going", "stuck")!.IsDeleting.Should().BeTrue();
        TestApi.Refusal(() => _test.Call("create", ResourceTypes.Pods, body: """{"metadata":{"name":"new"}}""", ns: "going")).Should().Be(
            "403 Forbidden: pods \"new\" is forbidden: unable to create new content in namespace going because it is being terminated");
        TestApi.Refusal(() => Evict("stuck", ns: "going")).Should().StartWith("403 Forbidden: pods \"stuck\" is forbidden");

        _test.Api.Delete(ResourceTypes.Pods, "going", "stuck", DeleteRequest.Force);
        _test.Api.Modify(ResourceTypes.Pods, "going", "stuck", json => json["metadata"]!.AsObject().Remove("finalizers"));
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.Namespaces, null, "going").Should().BeNull();
    }

    [Fact]
    public void Nothing_is_created_in_a_namespace_that_is_not_there() =>
        TestApi.Refusal(() => _test.Call("create", ResourceTypes.Leases, body: """{"metadata":{"name":"l"}}""", ns: "nope"))
            .Should().Be("404 NotFound: namespaces \"nope\" not found");

    private ApiAnswer Delete(ResourceType type, string name, string? body = null) => _test.Call("delete", type, name, body);

    private ApiAnswer Evict(string name, string ns) => _test.Call(
        "create", ResourceTypes.Pods, name, "{\"metadata\":{\"name\":\"" + name + "\"}}", subresource: "eviction", ns: ns);
}
