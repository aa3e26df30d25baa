using VmNodeOps.Cluster;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Cluster;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>What becomes of a write when the way to the server or back is broken: it is sent once, and the exception tells what cannot be known.</summary>
public sealed class WriteTroubleTests(WriteTroubleTests.Fixture fixture) : IClassFixture<WriteTroubleTests.Fixture>
{
    public sealed class Fixture : ContractCluster;

    public static TheoryData<string> Breaks() => ["cut before", "cut after", "no answer", "cut in body", "stall"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_write_may_have_been_applied_and_is_not_repeated(string how)
    {
        var pod = fixture.CreatePod($"broken-{how.Replace(' ', '-')}");
        using var fault = fixture.Cluster.Faults.Add(new FaultRule { Verb = "delete", Name = pod.Name.Name, Effect = Effect(how) });

        var failure = (await fixture.Client.Pods.Invoking(pods => pods.DeleteAsync(pod.Identity, DeletionOptions.Force)).Should().ThrowAsync<ClusterException>()).Which;

        failure.MayHaveBeenApplied.Should().BeTrue();
        failure.Cause.Should().BeOneOf(ClusterErrorCause.ConnectionLost, ClusterErrorCause.Timeout);
        fixture.Cluster.Requests.Where(request => request.Verb == "delete" && request.Name == pod.Name.Name).Should().ContainSingle();
        (fixture.Cluster.Objects.Get("pods", pod.Name.Name, "contract") is null).Should().Be(how != "cut before");
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_eviction_may_have_been_applied_and_is_not_repeated(string how)
    {
        var pod = fixture.CreatePod($"evict-{how.Replace(' ', '-')}");
        using var fault = fixture.Cluster.Faults.Add(new FaultRule { Subresource = "eviction", Name = pod.Name.Name, Effect = Effect(how) });

        var failure = (await fixture.Client.Pods.Invoking(pods => pods.EvictAsync(pod.Identity)).Should().ThrowAsync<ClusterException>()).Which;

        failure.MayHaveBeenApplied.Should().BeTrue();
        fixture.Cluster.Requests.Where(request => request.Subresource == "eviction" && request.Name == pod.Name.Name).Should().ContainSingle();
    }

    [Fact]
    public async Task A_refused_write_was_not_applied()
    {
        var pod = fixture.CreatePod("refused");
        using var fault = fixture.Cluster.Faults.Add(new FaultRule { Verb = "delete", Name = "refused", Effect = FaultEffect.Status(500, "InternalError") });

        var failure = (await fixture.Client.Pods.Invoking(pods => pods.DeleteAsync(pod.Identity)).Should().ThrowAsync<ClusterException>()).Which;

        (failure.Cause, failure.MayHaveBeenApplied, failure.Status!.Code).Should().Be((ClusterErrorCause.ServerError, false, 500));
    }

    private static FaultEffect Effect(string how) => how switch
    {
        "cut before" => FaultEffect.CutBefore(),
        "cut after" => FaultEffect.CutAfter(),
        "no answer" => FaultEffect.NoAnswer(),
        "cut in body" => FaultEffect.CutInBody(),
        _ => FaultEffect.StallBody(),
    };
}
