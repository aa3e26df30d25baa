using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Death;

/// <summary>What must hold however often a run dies, judged by what really runs on the hosts and by the request log, not by our own reports. Listed in docs/safety.md.</summary>
internal static class Invariants
{
    public const string Victim = "victim";
    public const string NodeName = "node-2";
    private static readonly string[] Ours = ["node-2", "vmnodeops", "medik8s-leases"];

    /// <summary>What is said of a node: schedulable, labels, annotations, and taints that its own conditions did not set.</summary>
    public static string MarksOf(SimulatedCluster cluster, string node)
    {
        var json = cluster.Objects.Get("nodes", node, ns: null)!;
        var labels = json["metadata"]!["labels"]!.AsObject().Where(label => !label.Key.StartsWith("kubevirt.io/", StringComparison.Ordinal));
        var marks = json["metadata"]!["annotations"]!.AsObject().Where(mark => mark.Key.StartsWith("vmnodeops.io/", StringComparison.Ordinal));
        return string.Join(
            '\n',
            [
                $"unschedulable: {json["spec"]!["unschedulable"]?.ToJsonString() ?? "false"}",
                .. labels.Concat(marks).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal),
            ]);
    }

    public static void NoGuestRanTwice(SimulatedCluster cluster) => cluster.Guests.Doubles.Should().BeEmpty();

    public static void NothingOfOtherNodesWasTouched(SimulatedCluster cluster)
    {
        var writes = cluster.Requests.Where(request => request.IsWrite && (request.UserAgent is Victim or "successor" or "return" || request.UserAgent?.StartsWith("vmnodeops/", StringComparison.Ordinal) == true) && request.Applied);
        foreach (var write in writes)
        {
            (write.Resource switch
            {
                "nodes" => write.Name == NodeName,
                "leases" => write.Name is null or "node-node-2",
                "configmaps" => write.Name is null or NodeName,
                "namespaces" => Ours.Any(name => write.Body.Contains($"\"{name}\"", StringComparison.Ordinal)),
                "pods" or "virtualmachines" => !write.Name!.Contains("elsewhere", StringComparison.Ordinal),
                "volumeattachments" or "virtualmachineinstances" or "events" => true,
                "selfsubjectaccessreviews" => true,
                _ => false,
            }).Should().BeTrue($"{write} is not ours to send");
        }

        cluster.Guests.History.Should().ContainSingle(guest => guest.Name == "elsewhere", "a machine of another node is left alone");
    }

    public static void NothingOfOursIsLeft(SimulatedCluster cluster)
    {
        cluster.Objects.Names("leases", ns: "medik8s-leases").Should().BeEmpty();
        cluster.Objects.Names("configmaps", ns: "vmnodeops").Should().BeEmpty();
    }

    public static void NoMachineIsForgotten(SimulatedCluster cluster, params string[] running) =>
        cluster.Guests.Running.Select(guest => guest.Name).Order(StringComparer.Ordinal).Should().Equal(running.Append("elsewhere").Order(StringComparer.Ordinal));
}
