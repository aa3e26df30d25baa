using System.Runtime.CompilerServices;
using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Eviction;

public sealed class EvictionReplyTests
{
    [Theory]
    [InlineData("044-evict-404", "NotThere")]
    [InlineData("045-evict-wrong-uid", "NotThere")]
    [InlineData("043-evict-no-name", "Invalid")]
    [InlineData("049-evict-pdb-unprocessed", "Budget")]
    [InlineData("051-evict-pdb-429", "Budget")]
    [InlineData("052-evict-two-pdbs-500", "TwoBudgets")]
    [InlineData("074-forbidden-evict-403", "NotAllowed")]
    [InlineData("080-evict-in-terminating-namespace", "NamespaceTerminating")]
    [InlineData("075-unauthorized-401", "NotAllowed")]
    [InlineData("211-kv-evict-dryrun-migratable", "EvacuationBegins")]
    [InlineData("213-kv-evict-dryrun-blocked", "NotMigratable")]
    [InlineData("215-kv-evict-migratable", "EvacuationBegins")]
    [InlineData("216-kv-evict-migratable-again", "EvacuationGoesOn")]
    [InlineData("217-kv-evict-target-pod", "EvacuationGoesOn")]
    [InlineData("222-kv-evict-not-migratable", "NotMigratable")]
    [InlineData("223-kv-evict-external", "EvacuationBegins")]
    [InlineData("228-kv-evict-webhook-down", "WebhookDown")]
    public void A_recorded_answer_is_told_apart(string file, string expected) =>
        EvictionReplies.Read(Recorded(file)).ToString().Should().Be(expected);

    [Fact]
    public void A_budget_is_named_with_its_numbers() =>
        EvictionReplies.Words(Recorded("051-evict-pdb-429")).Should().Be(
            "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget block-a needs 1 healthy pods and has 1 currently.");

    [Theory]
    [InlineData(403, "Cannot evict pod: disruptionsAllowed is negative")]
    [InlineData(502, "")]
    [InlineData(503, "etcd leader changed")]
    [InlineData(504, "timeout")]
    public void What_may_pass_is_tried_later(int code, string message) =>
        EvictionReplies.Read(new ServerStatus { Code = code, Message = message }).Should().Be(EvictionReply.TryLater);

    [Theory]
    [InlineData("virt-launcher", "kubevirt failed getting the vmi: virtualmachineinstances.kubevirt.io \"db\" not found", "InstanceGone")]
    [InlineData("virt-launcher", "kubevirt failed getting the vmi: the server is overloaded", "KubeVirtRefused")]
    [InlineData("virt-launcher", "kubevirt failed marking the vmi for eviction: conflict", "KubeVirtRefused")]
    [InlineData("virt-launcher", "Eviction request for target Pod", "MigrationTarget")]
    [InlineData("hotplug-pod", "cannot evict hotplug pod: hp-volume-x associated with running vmi: db in namespace prod", "HotplugGuarded")]
    [InlineData("hotplug-pod", "failed getting owner for hotplug pod: pods \"x\" not found", "KubeVirtRefused")]
    [InlineData("virt-launcher", "words of a version to come", "KubeVirtRefused")]
    public void KubeVirts_other_answers_are_told_apart(string webhook, string text, string expected) =>
        EvictionReplies.Read(new ServerStatus { Code = 429, Message = $"admission webhook \"{webhook}-eviction-interceptor.kubevirt.io\" denied the request: {text}" })
            .ToString().Should().Be(expected);

    [Fact]
    public void An_API_server_that_sheds_load_says_nothing_about_the_pod() =>
        EvictionReplies.Read(new ServerStatus { Code = 429, Reason = "TooManyRequests", Message = "too many requests, please try again later" })
            .Should().Be(EvictionReply.ServerBusy);

    private static ServerStatus Recorded(string file, [CallerFilePath] string path = "")
    {
        var full = Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "wire", file + ".json");
        using var json = JsonDocument.Parse(File.ReadAllText(full));
        var body = json.RootElement.GetProperty("response").GetProperty("body");
        return new ServerStatus
        {
            Code = body.GetProperty("code").GetInt32(),
            Reason = body.TryGetProperty("reason", out var reason) ? reason.GetString()! : "",
            Message = body.GetProperty("message").GetString()!,
            Causes = body.TryGetProperty("details", out var details) && details.TryGetProperty("causes", out var causes)
                ? [.. causes.EnumerateArray().Select(cause => new StatusCause
                {
                    Reason = cause.TryGetProperty("reason", out var why) ? why.GetString()! : "",
                    Message = cause.TryGetProperty("message", out var words) ? words.GetString()! : "",
                })]
                : [],
        };
    }
}
