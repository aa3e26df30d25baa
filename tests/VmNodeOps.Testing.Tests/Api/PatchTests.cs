using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Api.Patching;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class PatchTests : IDisposable
{
    private readonly TestApi _test = new();

    public PatchTests() =>
        _test.Api.Create(ResourceTypes.Nodes, TestApi.Json(
            """
            {"metadata":{"name":"n1","labels":{"a":"1"}},"spec":{"taints":[{"key":"t1","effect":"NoSchedule"}]},
             "status":{"conditions":[{"type":"Ready","status":"True","reason":"x"}]}}
            """));

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_strategic_patch_merges_maps_and_null_removes()
    {
        _test.Patch(ResourceTypes.Nodes, "n1", """{"spec":{"unschedulable":true},"metadata":{"labels":{"b":"2"}}}""");
        var node = _test.Patch(ResourceTypes.Nodes, "n1", """{"spec":{"unschedulable":null},"metadata":{"labels":{"a":null}}}""");

        node["spec"]!.AsObject().ContainsKey("unschedulable").Should().BeFalse();
        node["metadata"]!["labels"]!.ToJsonString().Should().Be("""{"b":"2"}""");
    }

    [Fact]
    public void Taints_are_replaced_as_one()
    {
        var node = _test.Patch(ResourceTypes.Nodes, "n1", """{"spec":{"taints":[{"key":"t2","effect":"NoExecute"}]}}""");

        node["spec"]!["taints"]!.ToJsonString().Should().Be("""[{"key":"t2","effect":"NoExecute"}]""");
    }

    [Fact]
    public void A_delete_directive_in_an_atomic_list_leaves_a_taint_without_effect_and_is_refused()
    {
        var refusal = TestApi.Refusal(() => _test.Call(
            "patch", ResourceTypes.Nodes, "n1", """{"spec":{"taints":[{"$patch":"delete","key":"t1"}]}}""",
            contentType: "application/strategic-merge-patch+json"));

        refusal.Should().Be("422 Invalid: Node \"n1\" is invalid: metadata.taints[0].effect: Required value");
    }

    [Theory]
    [InlineData("""{"conditions":[{"type":"A","status":"False"}]}""", """[{"type":"A","status":"False","reason":"r"},{"type":"B","status":"True"}]""")]
    [InlineData("""{"conditions":[{"type":"C","status":"True"}]}""",
        """[{"type":"A","status":"True","reason":"r"},{"type":"B","status":"True"},{"type":"C","status":"True"}]""")]
    [InlineData("""{"conditions":[{"type":"A","$patch":"delete"}]}""", """[{"type":"B","status":"True"}]""")]
    [InlineData("""{"conditions":[{"$patch":"replace"},{"type":"D","status":"True"}]}""", """[{"type":"D","status":"True"}]""")]
    [InlineData("""{"$setElementOrder/conditions":[{"type":"B"},{"type":"A"}],"conditions":[{"type":"A","reason":null}]}""",
        """[{"type":"B","status":"True"},{"type":"A","status":"True"}]""")]
    public void Lists_with_a_merge_key_are_merged_by_it(string patch, string expected)
    {
        var target = TestApi.Json("""{"conditions":[{"type":"A","status":"True","reason":"r"},{"type":"B","status":"True"}]}""");

        StrategicMergePatch.Apply(target, TestApi.Json(patch))["conditions"]!.ToJsonString().Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"metadata":{"finalizers":["b","c"]}}""", """["a","b","c"]""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}""", """["b"]""")]
    public void Finalizers_are_a_set(string patch, string expected)
    {
        var target = TestApi.Json("""{"metadata":{"finalizers":["a","b"]}}""");

        StrategicMergePatch.Apply(target, TestApi.Json(patch))["metadata"]!["finalizers"]!.ToJsonString().Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"a":{"$patch":"replace","z":1}}""", """{"a":{"z":1}}""")]
    [InlineData("""{"a":{"$patch":"delete"}}""", "{}")]
    [InlineData("""{"a":{"$retainKeys":["y"],"y":3}}""", """{"a":{"y":3}}""")]
    public void Directives_replace_delete_and_retain_in_maps(string patch, string expected) =>
        StrategicMergePatch.Apply(TestApi.Json("""{"a":{"x":1,"y":2}}"""), TestApi.Json(patch)).ToJsonString().Should().Be(expected);

    [Fact]
    public void A_merge_patch_replaces_lists_and_removes_by_null() =>
        JsonMergePatch.Apply(TestApi.Json("""{"a":[1,2],"b":{"c":1,"d":2}}"""), TestApi.Json("""{"a":[3],"b":{"c":null,"e":{"f":null}}}"""))
            .ToJsonString().Should().Be("""{"a":[3],"b":{"d":2,"e":{}}}""");

    [Theory]
    [InlineData("""[{"op":"add","path":"/l/1","value":9}]""", """{"l":[1,9,2],"m":{"x/y":1}}""")]
    [InlineData("""[{"op":"add","path":"/l/-","value":9}]""", """{"l":[1,2,9],"m":{"x/y":1}}""")]
    [InlineData("""[{"op":"replace","path":"/m/x~1y","value":2}]""", """{"l":[1,2],"m":{"x/y":2}}""")]
    [InlineData("""[{"op":"move","from":"/l/0","path":"/m/z"}]""", """{"l":[2],"m":{"x/y":1,"z":1}}""")]
    [InlineData("""[{"op":"copy","from":"/l/0","path":"/n"}]""", """{"l":[1,2],"m":{"x/y":1},"n":1}""")]
    [InlineData("""[{"op":"test","path":"/l","value":[1,2]},{"op":"remove","path":"/l"}]""", """{"m":{"x/y":1}}""")]
    public void A_json_patch_does_its_steps(string patch, string expected) =>
        JsonPatch.Apply(TestApi.Json("""{"l":[1,2],"m":{"x/y":1}}"""), JsonNode.Parse(patch)!.AsArray()).ToJsonString().Should().Be(expected);

    [Theory]
    [InlineData("""[{"op":"test","path":"/l/0","value":2}]""")]
    [InlineData("""[{"op":"remove","path":"/nope"}]""")]
    [InlineData("""[{"op":"replace","path":"/l/7","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/no/where","value":1}]""")]
    public void A_json_patch_that_cannot_be_done_is_a_bare_422(string patch)
    {
        var refused = () => JsonPatch.Apply(TestApi.Json("""{"l":[1,2]}"""), JsonNode.Parse(patch)!.AsArray());

        refused.Should().Throw<ApiErrorException>().Which.Status["details"]!.AsObject().Should().BeEmpty();
    }

    [Fact]
    public void A_stale_resourceVersion_in_a_patch_is_a_conflict_and_the_current_one_is_not()
    {
        var node = _test.Patch(ResourceTypes.Nodes, "n1", """{"spec":{"unschedulable":true}}""");
        var version = (string)node["metadata"]!["resourceVersion"]!;

        TestApi.Refusal(() => _test.Call(
            "patch", ResourceTypes.Nodes, "n1", """{"metadata":{"resourceVersion":"1"}}""", contentType: "application/merge-patch+json"))
            .Should().StartWith("409 Conflict: Operation cannot be fulfilled on nodes \"n1\": the object has been modified");
        _test.Patch(ResourceTypes.Nodes, "n1", "{\"metadata\":{\"labels\":{\"c\":\"3\"},\"resourceVersion\":\"" + version + "\"}}", "merge-patch")
            ["metadata"]!["labels"]!["c"]!.ToString().Should().Be("3");
    }

    [Fact]
    public void Another_uid_in_a_patch_is_refused() =>
        TestApi.Refusal(() => _test.Call(
            "patch", ResourceTypes.Nodes, "n1", """{"metadata":{"uid":"other"}}""", contentType: "application/merge-patch+json"))
            .Should().Be("422 Invalid: Node \"n1\" is invalid: metadata.uid: Invalid value: \"other\": field is immutable");

    [Fact]
    public void A_patch_of_the_main_resource_leaves_the_status_and_one_of_the_status_only_that()
    {
        var main = _test.Patch(ResourceTypes.Nodes, "n1", """{"status":{"phase":"x"},"metadata":{"labels":{"m":"1"}}}""");
        var status = ((ObjectAnswer)_test.Call(
            "patch", ResourceTypes.Nodes, "n1", """{"status":{"conditions":[{"type":"Ready","status":"False"}]},"spec":{"unschedulable":true}}""",
            subresource: "status", contentType: "application/strategic-merge-patch+json")).Object.Json;

        main["status"]!.AsObject().ContainsKey("phase").Should().BeFalse();
        main["metadata"]!["labels"]!["m"]!.ToString().Should().Be("1");
        status["spec"]!.AsObject().ContainsKey("unschedulable").Should().BeFalse();
        status["status"]!["conditions"]![0]!.ToJsonString().Should().Be("""{"type":"Ready","status":"False","reason":"x"}""");
    }

    [Fact]
    public void A_dry_run_answers_with_the_change_and_keeps_nothing()
    {
        var before = _test.Api.Revision;

        _test.Patch(ResourceTypes.Nodes, "n1", """{"spec":{"unschedulable":true}}""", query: "dryRun=All")["spec"]!["unschedulable"]!
            .GetValue<bool>().Should().BeTrue();

        _test.Api.Revision.Should().Be(before);
        _test.Api.Get(ResourceTypes.Nodes, null, "n1")!.At("spec.unschedulable").Should().BeNull();
    }

    [Fact]
    public void Custom_types_take_no_strategic_patch_and_an_instance_takes_status_in_the_main_write()
    {
        _test.Api.Create(ResourceTypes.VirtualMachineInstances, TestApi.Json("""{"metadata":{"name":"v","namespace":"default"},"spec":{}}"""));

        TestApi.Refusal(() => _test.Call(
            "patch", ResourceTypes.VirtualMachineInstances, "v", "{}", contentType: "application/strategic-merge-patch+json"))
            .Should().StartWith("415 UnsupportedMediaType: the body of the request was in an unknown format");
        _test.Patch(ResourceTypes.VirtualMachineInstances, "v", """[{"op":"add","path":"/status","value":{"nodeName":"n1"}}]""", "json-patch")
            ["status"]!["nodeName"]!.ToString().Should().Be("n1");
    }

    [Theory]
    [InlineData("{\"spec\":", "400 BadRequest: unexpected end of JSON input")]
    [InlineData("nope", "400 BadRequest: invalid character 'o' looking for beginning of value")]
    public void Bad_json_is_a_400_in_the_words_of_the_decoder(string patch, string refusal) =>
        TestApi.Refusal(() => _test.Call("patch", ResourceTypes.Nodes, "n1", patch, contentType: "application/strategic-merge-patch+json"))
            .Should().Be(refusal);
}
