using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>What a test asks of a cluster's KubeVirt, past HTTP.</summary>
internal static class KubeVirtExtensions
{
    /// <summary>The names of a machine's launcher pods, with the phase they must have.</summary>
    public static IReadOnlyList<string> Pods(this SimulatedCluster cluster, string machine, string? phase = "Running") => cluster.Objects.Names(
        "pods",
        pod => (string?)(pod["metadata"]?["annotations"] as JsonObject)?["kubevirt.io/domain"] == machine
            && (phase is null || (string?)pod["status"]?["phase"] == phase));

    public static string Pod(this SimulatedCluster cluster, string machine) => cluster.Pods(machine).Single();

    /// <summary>Evicts a pod and gives the code and the message of the answer; 201 when it was granted.</summary>
    public static (int Code, string Message) Evict(this SimulatedCluster cluster, string pod, bool dryRun = false)
    {
        try
        {
            cluster.Api.As("kubernetes-admin").Evict("default", pod, new DeleteRequest { DryRun = dryRun });
            return (201, "");
        }
        catch (ApiErrorException refusal)
        {
            return (refusal.Code, (string)refusal.Status["message"]!);
        }
    }

    public static string? Instance(this SimulatedCluster cluster, string machine, string field) =>
        cluster.Objects.Text("virtualmachineinstances", machine, field);

    public static string? Printable(this SimulatedCluster cluster, string machine) =>
        cluster.Objects.Text("virtualmachines", machine, "status.printableStatus");

    public static string? NodeOf(this SimulatedCluster cluster, string machine) => cluster.Guests.Of(machine).SingleOrDefault()?.Node;

    /// <summary>Everything that happens to one kind of object from now on.</summary>
    public static List<(string Kind, JsonObject Object)> Record(this SimulatedCluster cluster, ResourceType type, string? name = null)
    {
        var seen = new List<(string, JsonObject)>();
        cluster.Api.Observe(type, change =>
        {
            if (name is null || change.Object.Name == name)
            {
                seen.Add((change.Kind.ToString(), change.Object.Json));
            }
        });
        return seen;
    }

    /// <summary>Calls one of KubeVirt's subresources and gives the code of the answer.</summary>
    public static int Call(this SimulatedCluster cluster, string resource, string name, string subresource, string body = "{}") =>
        cluster.CallFor(resource, name, subresource, body).Code;

    /// <summary>Calls one of KubeVirt's subresources and gives code and message of the answer.</summary>
    public static (int Code, string? Message) CallFor(
        this SimulatedCluster cluster, string resource, string name, string subresource, string body = "{}")
    {
        try
        {
            var answer = (JsonAnswer)cluster.Machinery.Execute(new ApiCall
            {
                Verb = "update",
                Type = new ResourceType
                {
                    Group = "subresources.kubevirt.io", Version = "v1", Kind = resource, Plural = resource, Singular = resource,
                },
                Namespace = "default",
                Name = name,
                Subresource = subresource,
                Query = new Dictionary<string, string>(),
                ContentType = "application/json",
                Body = System.Text.Encoding.UTF8.GetBytes(body),
                User = new UserInfo("kubernetes-admin", ["system:masters"]),
            });
            return (answer.StatusCode, null);
        }
        catch (ApiErrorException refusal)
        {
            return (refusal.Code, (string?)refusal.Status["message"]);
        }
    }

    public static Task UntilGoneAsync(this SimulatedCluster cluster, string node, params string[] machines) => cluster.UntilAsync(
        () => machines.All(machine => cluster.NodeOf(machine) is { } now && now != node
            && cluster.Instance(machine, "status.nodeName") == now
            && cluster.Objects.Condition("virtualmachineinstances", machine, "Ready") == "True"),
        $"{string.Join(", ", machines)} run elsewhere than on {node}",
        TimeSpan.FromHours(2));
}
