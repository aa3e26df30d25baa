using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class WriteTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_put_needs_the_current_version_and_replaces()
    {
        var lease = Create(ResourceTypes.Leases, """{"metadata":{"name":"l"},"spec":{"holderIdentity":"a"}}""");
        var body = lease.Json.DeepClone().AsObject();
        body["spec"]!["holderIdentity"] = "b";

        var put = (ObjectAnswer)_test.Call("update", ResourceTypes.Leases, "l", body.ToJsonString());

        (put.StatusCode, (string)put.Object.At("spec.holderIdentity")!).Should().Be((200, "b"));
        TestApi.Refusal(() => _test.Call("update", ResourceTypes.Leases, "l", body.ToJsonString())).Should().StartWith(
            "409 Conflict: Operation cannot be fulfilled on leases.coordination.k8s.io \"l\": the object has been modified");
        body["metadata"]!["resourceVersion"] = null;
        TestApi.Refusal(() => _test.Call("update", ResourceTypes.Leases, "l", body.ToJsonString())).Should().Be(
            "422 Invalid: Lease.coordination.k8s.io \"l\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
    }

    [Fact]
    public void A_put_for_the_object_of_another_uid_is_a_conflict()
    {
        var lease = Create(ResourceTypes.Leases, """{"metadata":{"name":"l"}}""");
        var body = lease.Json.DeepClone().AsObject();
        body["metadata"]!["uid"] = "other";

        TestApi.Refusal(() => _test.Call("update", ResourceTypes.Leases, "l", body.ToJsonString())).Should().Contain(
            $"Precondition failed: UID in precondition: other, UID in object meta: {lease.Uid}");
    }

    [Fact]
    public void A_put_creates_a_lease_and_nothing_else()
    {
        ((ObjectAnswer)_test.Call("update", ResourceTypes.Leases, "new", """{"metadata":{"name":"new"}}""")).StatusCode.Should().Be(201);

        TestApi.Refusal(() => _test.Call("update", ResourceTypes.ConfigMaps, "new", """{"metadata":{"name":"new"}}""")).Should().Be(
            "404 NotFound: configmaps \"new\" not found");
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"x"}}""", "400 BadRequest: the name of the object (x) does not match the name on the URL (l)")]
    [InlineData("""{"metadata":{"name":"l","namespace":"other"}}""",
        "400 BadRequest: the namespace of the provided object does not match the namespace sent on the request")]
    [InlineData("""{"apiVersion":"v1","metadata":{"name":"l"}}""",
        "400 BadRequest: the API version in the data (v1) does not match the expected API version (coordination.k8s.io/v1)")]
    [InlineData("{", "400 BadRequest: couldn't get version/kind; json parse error: unexpected end of JSON input")]
    public void A_body_that_does_not_fit_its_url_is_a_400(string body, string refusal) =>
        TestApi.Refusal(() => _test.Call("update", ResourceTypes.Leases, "l", body)).Should().Be(refusal);

    [Fact]
    public void A_new_object_from_outside_has_no_status_of_its_own()
    {
        var pod = Create(ResourceTypes.Pods, """{"metadata":{"name":"p","resourceVersion":"7","uid":"mine"},"spec":{},"status":{"phase":"Running"}}""");
        var node = Create(ResourceTypes.Nodes, """{"metadata":{"name":"n"},"status":{"phase":"x"}}""");

        ((string)pod.At("status.phase")!).Should().Be("Pending");
        pod.Uid.Should().NotBe("mine");
        ((string)node.At("status.phase")!).Should().Be("x", "a kubelet registers its node with its status");
    }

    [Theory]
    [InlineData("nodes", "A_b")]
    [InlineData("nodes", "a..b")]
    [InlineData("namespaces", "a.b")]
    [InlineData("pods", "-a")]
    public void Names_that_are_no_dns_names_are_refused(string plural, string name) =>
        TestApi.Refusal(() => _test.Call(
            "create", ResourceTypes.All.Single(type => type.Plural == plural), body: "{\"metadata\":{\"name\":\"" + name + "\"}}"))
            .Should().StartWith("422 Invalid").And.Contain($"metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123");

    [Fact]
    public void A_node_may_be_called_by_its_address() =>
        Create(ResourceTypes.Nodes, """{"metadata":{"name":"1.1.1.211"}}""").Name.Should().Be("1.1.1.211");

    [Fact]
    public void A_field_that_an_old_version_does_not_know_is_dropped_or_refused_when_the_client_is_strict()
    {
        _test.Api.Features.KnownSpecFields["virtualmachineinstancemigrations.kubevirt.io"] = new HashSet<string> { "vmiName" };
        const string Body = """{"metadata":{"generateName":"m-"},"spec":{"vmiName":"v","addedNodeSelector":{"a":"b"}}}""";

        Create(ResourceTypes.VirtualMachineInstanceMigrations, Body).At("spec.addedNodeSelector").Should().BeNull();
        TestApi.Refusal(() => _test.Call("create", ResourceTypes.VirtualMachineInstanceMigrations, body: Body, query: "fieldValidation=Strict")).Should().Be(
            "400 BadRequest: VirtualMachineInstanceMigration in version \"v1\" cannot be handled as a VirtualMachineInstanceMigration: " +
            "strict decoding error: unknown field \"spec.addedNodeSelector\"");
    }

    [Fact]
    public void A_pod_takes_its_priority_from_its_class()
    {
        Create(ResourceTypes.PriorityClasses, """{"metadata":{"name":"high"},"value":1000}""");

        ((long)Create(ResourceTypes.Pods, """{"metadata":{"name":"p"},"spec":{"priorityClassName":"high"}}""").At("spec.priority")!).Should().Be(1000);
        TestApi.Refusal(() => _test.Call("create", ResourceTypes.Pods, body: """{"metadata":{"name":"q"},"spec":{"priorityClassName":"none"}}"""))
            .Should().Be("403 Forbidden: pods \"q\" is forbidden: no PriorityClass with name none was found");
    }

    [Fact]
    public void A_dry_run_of_a_create_leaves_nothing()
    {
        _test.Call("create", ResourceTypes.Leases, body: """{"metadata":{"name":"l"}}""", query: "dryRun=All").Should().BeOfType<ObjectAnswer>();

        _test.Api.Get(ResourceTypes.Leases, "default", "l").Should().BeNull();
        TestApi.Refusal(() => _test.Call("create", ResourceTypes.Leases, body: """{"metadata":{"name":"l"}}""", query: "dryRun=Some")).Should().Be(
            "422 Invalid: CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\": supported values: \"All\"");
    }

    [Fact]
    public void A_change_is_made_anew_when_an_admission_has_written_the_object_meanwhile()
    {
        Create(ResourceTypes.ConfigMaps, """{"metadata":{"name":"c"}}""");
        _test.Api.AddAdmission(new Marker(_test.Api));

        var changed = _test.Api.Modify(ResourceTypes.ConfigMaps, "default", "c", json => json["data"] = TestApi.Json("""{"a":"1"}"""))!;

        ((string)changed.At("data.a")!, (string)changed.At("metadata.labels.seen")!).Should().Be(("1", "yes"));
    }

    [Fact]
    public void The_spec_of_a_pod_is_settled_but_for_images_and_more_tolerations()
    {
        _test.CreatePod("p");

        TestApi.Refusal(() => _test.Call(
            "patch", ResourceTypes.Pods, "p", """{"spec":{"nodeName":"n2"}}""", contentType: "application/strategic-merge-patch+json"))
            .Should().StartWith("422 Invalid: Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than");
        _test.Patch(ResourceTypes.Pods, "p", """{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"y"}]}}""")
            ["spec"]!["containers"]![0]!["image"]!.ToString().Should().Be("y");
    }

    [Fact]
    public void The_namespaces_of_the_system_stay() =>
        TestApi.Refusal(() => _test.Call("delete", ResourceTypes.Namespaces, "default")).Should().Be(
            "403 Forbidden: namespaces \"default\" is forbidden: this namespace may not be deleted");

    private sealed class Marker(IClusterApi api) : IAdmission
    {
        private bool _done;

        public void Admit(AdmissionRequest request)
        {
            if (!_done)
            {
                _done = true;
                api.Modify(ResourceTypes.ConfigMaps, "default", "c", json => json["metadata"]!["labels"] = TestApi.Json("""{"seen":"yes"}"""));
            }
        }
    }

    private StoredObject Create(ResourceType type, string body) => ((ObjectAnswer)_test.Call("create", type, body: body)).Object;
}
