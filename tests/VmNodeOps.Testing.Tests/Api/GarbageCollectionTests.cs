using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class GarbageCollectionTests : IDisposable
{
    private readonly TestApi _test = new();
    private readonly StoredObject _owner;

    public GarbageCollectionTests() =>
        _owner = _test.Api.Create(ResourceTypes.ReplicaSets, TestApi.Json("""{"metadata":{"name":"rs","namespace":"default"},"spec":{}}"""));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Dependents_go_after_their_owner()
    {
        CreateOwned("a", _owner.Uid);

        _test.Api.Delete(ResourceTypes.ReplicaSets, "default", "rs");
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeTrue("a running pod goes with its grace");
    }

    [Fact]
    public async Task What_has_another_owner_stays()
    {
        var other = _test.Api.Create(ResourceTypes.ReplicaSets, TestApi.Json("""{"metadata":{"name":"rs2","namespace":"default"}}"""));
        CreateOwned("a", _owner.Uid, other.Uid);

        _test.Api.Delete(ResourceTypes.ReplicaSets, "default", "rs");
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeFalse();
    }

    [Fact]
    public async Task What_is_created_for_an_owner_that_is_gone_is_collected()
    {
        CreateOwned("a", "00000000-0000-0000-0000-000000000000");
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeTrue();
    }

    [Fact]
    public async Task An_owner_of_an_unknown_kind_is_never_taken_for_gone()
    {
        var body = TestApi.Pod("a");
        body["metadata"]!["ownerReferences"] = new System.Text.Json.Nodes.JsonArray(
            TestApi.Json("""{"apiVersion":"example.org/v1","kind":"Thing","name":"t","uid":"u"}"""));
        _test.Api.Create(ResourceTypes.Pods, body);
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeFalse();
    }

    [Fact]
    public async Task A_foreground_delete_waits_for_the_dependents_that_block_it()
    {
        CreateOwned("a", _owner.Uid);

        var answer = (ObjectAnswer)_test.Call("delete", ResourceTypes.ReplicaSets, "rs", """{"propagationPolicy":"Foreground"}""");
        await _test.SettleAsync();

        answer.StatusCode.Should().Be(202);
        answer.Object.At("metadata.finalizers")!.ToJsonString().Should().Be("""["foregroundDeletion"]""");
        _test.Api.Get(ResourceTypes.ReplicaSets, "default", "rs").Should().NotBeNull();
        _test.Api.Get(ResourceTypes.Pods, "default", "a")!.IsDeleting.Should().BeTrue();

        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force);
        await _test.SettleAsync();
        _test.Api.Get(ResourceTypes.Pods, "default", "a").Should().BeNull();
        _test.Api.Get(ResourceTypes.ReplicaSets, "default", "rs").Should().BeNull();
    }

    [Fact]
    public async Task An_orphaning_delete_leaves_the_dependents_without_owner()
    {
        CreateOwned("a", _owner.Uid);

        _test.Call("delete", ResourceTypes.ReplicaSets, "rs", """{"propagationPolicy":"Orphan"}""");
        await _test.SettleAsync();

        _test.Api.Get(ResourceTypes.ReplicaSets, "default", "rs").Should().BeNull();
        var pod = _test.Api.Get(ResourceTypes.Pods, "default", "a")!;
        pod.IsDeleting.Should().BeFalse();
        pod.Owners.Should().BeEmpty();
    }

    private void CreateOwned(string name, params string[] ownerUids)
    {
        var body = TestApi.Pod(name);
        body["metadata"]!["ownerReferences"] = new System.Text.Json.Nodes.JsonArray([.. ownerUids.Select(uid =>
        {
            var owner = TestApi.Json("""{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"rs","controller":true,"blockOwnerDeletion":true}""");
            owner["uid"] = uid;
            return owner;
        })]);
        _test.Api.Create(ResourceTypes.Pods, body);
    }
}
