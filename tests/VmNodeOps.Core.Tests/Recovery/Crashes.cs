using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>What tests of recovery share.</summary>
internal static class Crashes
{
    /// <summary>A word that was not used before: it is about the node for which it is first asked.</summary>
    public static IEvidenceSource Operator => Evidence.OperatorConfirms("ops@example.com", "PSU burnt, rack power off");

    public static NodeMaintenance RecoveryOf(string node, Func<RecoveryOptions, RecoveryOptions>? change = null) =>
        NodeMaintenance.OnNode(node).RecoverFromCrash(Operator, change);

    /// <summary>The node's machine loses power, and the cluster has noticed.</summary>
    public static async Task CrashAsync(this Scene scene, string node)
    {
        scene.Cluster.CrashNode(node);
        await scene.IsSilentAsync(node);
    }

    public static Task IsSilentAsync(this Scene scene, string node) =>
        scene.Cluster.UntilAsync(() => scene.Ready(node) == "Unknown", $"node {node} is silent");

    public static string? Ready(this Scene scene, string node) => scene.Cluster.Objects.Condition("nodes", node, "Ready", ns: null);

    public static IReadOnlyList<string> Attachments(this Scene scene, string node) =>
        scene.Cluster.Objects.Names("volumeattachments", attachment => (string?)attachment["spec"]!["nodeName"] == node);

    public static IReadOnlyList<string> LaunchersOn(this Scene scene, string node) => scene.Cluster.Objects.Names(
        "pods",
        pod => (string?)pod["spec"]!["nodeName"] == node
            && (string?)pod["metadata"]!["labels"]?["kubevirt.io"] == "virt-launcher"
            && (string?)pod["status"]?["phase"] is not ("Succeeded" or "Failed"));

    /// <summary>What the run asked to be changed; taking and releasing its lock and telling of it change nothing of the node, and a dry run nothing at all.</summary>
    public static IReadOnlyList<LoggedRequest> OurWrites(this Scene scene) =>
        scene.Cluster.Requests.Where(request => request.IsWrite && !request.Query.Contains("dryRun=All", StringComparison.Ordinal) && request.Resource is not ("selfsubjectaccessreviews" or "leases" or "events") && !request.Body.Contains("medik8s-leases", StringComparison.Ordinal));

    public static void ShouldHave(this MaintenanceReport report, MaintenanceResult result) => report.Result.Should().Be(result, report.ToText());

    public static Dictionary<string, VirtualMachineOutcome> Outcomes(this MaintenanceReport report) =>
        report.VirtualMachines.ToDictionary(machine => machine.Name.Name, machine => machine.Outcome);

    public static bool IsCordoned(this Scene scene, string node) =>
        (bool?)scene.Cluster.Objects.Get("nodes", node, ns: null)!["spec"]!["unschedulable"] ?? false;

    /// <summary>Takes the placement off KubeVirt's Deployments.</summary>
    public static void LetKubeVirtRunAnywhere(this Scene scene)
    {
        foreach (var name in new[] { "virt-api", "virt-controller" })
        {
            scene.Cluster.Objects.Change("deployments", name, deployment => Unbind(deployment["spec"]!["template"]!["spec"]!.AsObject()), "kubevirt");
        }

        foreach (var set in scene.Cluster.Objects.List("replicasets", "kubevirt").Select(set => (string)set["metadata"]!["name"]!))
        {
            scene.Cluster.Objects.Change("replicasets", set, json => Unbind(json["spec"]!["template"]!["spec"]!.AsObject()), "kubevirt");
        }

        static void Unbind(System.Text.Json.Nodes.JsonObject pod)
        {
            pod.Remove("affinity");
            pod.Remove("nodeSelector");
        }
    }
}
