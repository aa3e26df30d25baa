using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class ClusterApiTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_created_pod_gets_uid_revision_generation_and_defaults()
    {
        var pod = _test.CreatePod("a");

        pod.Uid.Should().MatchRegex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        ((string)pod.At("metadata.resourceVersion")!).Should().Be(pod.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        ((long)pod.At("metadata.generation")!).Should().Be(1);
        ((string)pod.At("metadata.creationTimestamp")!).Should().Be("2026-01-01T00:00:00Z");
        ((long)pod.At("spec.terminationGracePeriodSeconds")!).Should().Be(30);
        pod.At("spec.tolerations")!.AsArray().Should().HaveCount(2);
        ((string)pod.At("status.qosClass")!).Should().Be("BestEffort");
        pod.Json.Select(member => member.Key).Should().StartWith(["kind", "apiVersion", "metadata"]);
    }

    [Fact]
    public void A_change_that_changes_nothing_is_no_write()
    {
        var pod = _test.CreatePod("a");

        var same = _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["status"]!["phase"] = "Running");

        same.Should().BeSameAs(pod);
    }

    [Fact]
    public void A_new_spec_raises_the_generation_and_a_new_status_does_not()
    {
        _test.CreatePod("a");

        var status = _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["status"]!["phase"] = "Failed");
        var spec = _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["spec"]!["priority"] = 7);

        ((long)status!.At("metadata.generation")!).Should().Be(1);
        ((long)spec!.At("metadata.generation")!).Should().Be(2);
    }

    [Fact]
    public void A_writer_cannot_touch_what_the_server_owns()
    {
        var pod = _test.CreatePod("a");

        var written = _test.Api.Modify(ResourceTypes.Pods, "default", "a", json =>
        {
            json["metadata"]!["uid"] = "other";
            json["metadata"]!["name"] = "b";
            json["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        });

        written.Should().BeSameAs(pod);
    }

    [Fact]
    public async Task Observers_hear_of_every_change_in_order()
    {
        var heard = new List<string>();
        using var observation = _test.Api.Observe(ResourceTypes.Pods, change => heard.Add($"{change.Kind} {change.Object.Name}"));

        _test.CreatePod("a");
        _test.Api.Create(ResourceTypes.Leases, TestApi.Json("""{"metadata":{"name":"l","namespace":"default"}}"""));
        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["status"]!["phase"] = "Failed");
        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force);
        await _test.SettleAsync();

        heard.Should().Equal("Added a", "Modified a", "Modified a", "Deleted a");
    }

    [Fact]
    public void Pods_are_found_by_their_node_as_they_come_and_go()
    {
        _test.CreatePod("a", node: null);
        _test.CreatePod("b");

        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["spec"]!["nodeName"] = "n1");
        _test.Api.ListOnNode(ResourceTypes.Pods, "n1").Select(pod => pod.Name).Should().Equal("a", "b");
        _test.Api.Delete(ResourceTypes.Pods, "default", "b", DeleteRequest.Force);

        _test.Api.ListOnNode(ResourceTypes.Pods, "n1").Select(pod => pod.Name).Should().Equal("a");
    }

    [Fact]
    public void Instances_are_found_by_the_node_of_their_status()
    {
        _test.Api.Create(ResourceTypes.VirtualMachineInstances, TestApi.Json("""{"metadata":{"name":"vm","namespace":"default"},"spec":{},"status":{"nodeName":"n1"}}"""));
        _test.CreatePod("a");

        _test.Api.ListOnNode(ResourceTypes.VirtualMachineInstances, "n1").Select(instance => instance.Name).Should().Equal("vm");
        _test.Api.Modify(ResourceTypes.VirtualMachineInstances, "default", "vm", json => json["status"]!["nodeName"] = "n2");

        _test.Api.ListOnNode(ResourceTypes.VirtualMachineInstances, "n1").Should().BeEmpty();
        _test.Api.ListOnNode(ResourceTypes.VirtualMachineInstances, "n2").Should().ContainSingle();
    }

    [Fact]
    public void What_carries_a_label_is_found_as_the_label_comes_and_goes()
    {
        _test.CreatePod("a");
        Labelled("blue").Should().BeEmpty("nothing has the label when it is asked for first");
        _test.CreatePod("b");

        Label("b", "blue");
        Label("a", "blue");
        Labelled("blue").Should().Equal("a", "b");
        Label("a", "red");
        Labelled("blue").Should().Equal("b");
        _test.Api.Delete(ResourceTypes.Pods, "default", "b", DeleteRequest.Force);

        Labelled("blue").Should().BeEmpty();
        Labelled("red").Should().Equal("a");

        void Label(string pod, string value) =>
            _test.Api.Modify(ResourceTypes.Pods, "default", pod, json => json["metadata"]!["labels"] = new JsonObject { ["colour"] = value });

        IEnumerable<string> Labelled(string value) => _test.Api.ListLabelled(ResourceTypes.Pods, "default", "colour", value).Select(pod => pod.Name);
    }

    [Fact]
    public void Generated_names_are_drawn_and_a_taken_name_is_refused()
    {
        var first = _test.Api.Create(ResourceTypes.Events, TestApi.Json("""{"metadata":{"generateName":"e.","namespace":"default"}}"""));
        first.Name.Should().MatchRegex("^e\\.[a-z0-9]{5}$");

        var again = () => _test.Api.Create(ResourceTypes.Namespaces, TestApi.Json("""{"metadata":{"name":"default"}}"""));
        again.Should().Throw<ApiErrorException>().Which.Status["message"]!.ToString().Should().Be("namespaces \"default\" already exists");
    }
}
