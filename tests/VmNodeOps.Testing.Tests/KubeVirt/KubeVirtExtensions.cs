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

    public static Task UntilGoneAsync(this SimulatedCluster cluster, string node, params string[] machines) => cluster.UntilAsync(
        () => machines.All(machine => cluster.NodeOf(machine) is { } now && now != node
            && cluster.Instance(machine, "status.nodeName") == now
            && cluster.Objects.Condition("virtualmachineinstances", machine, "Ready") == "True"),
        $"{string.Join(", ", machines)} run elsewhere than on {node}",
        TimeSpan.FromMinutes(30));
}
