using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>
/// Exchanges 001 to 109: a server without KubeVirt. They were recorded one after the other on one server, and are replayed so; what test programs
/// did behind that server in between is done here.
/// </summary>
internal sealed class PlainScenes(ConformanceServer server)
{
    private const string Namespace = "test-test";

    private ApiMachinery Api => server.Api;

    /// <summary>What was there before the first request.</summary>
    public void Begin()
    {
        foreach (var name in (string[])[Namespace, "kubevirt"])
        {
            Api.Create(ResourceTypes.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }

        server.Import(ResourceTypes.Nodes, RecordedExchange.Of(12).Objects());
        server.Import(ResourceTypes.Pods, RecordedExchange.Of(37).Objects());
        server.Import(ResourceTypes.VolumeAttachments, RecordedExchange.Of(57).Objects());
        server.Import(ResourceTypes.Leases, RecordedExchange.Of(69).Objects());
    }

    public void Before(int number)
    {
        switch (number)
        {
            case 18:
                // The node lifecycle controller has marked what was cordoned.
                Api.Modify(ResourceTypes.Nodes, null, "node-1", node => node["spec"]!["taints"] =
                    RecordedExchange.Of(18).Answer!["spec"]!["taints"]!.DeepClone());
                break;
            case 19:
                Api.Modify(ResourceTypes.Nodes, null, "node-1", node => node["spec"]!.AsObject().Remove("taints"));
                break;
            case 32:
                // This page was asked for with the token of another list than the one recorded before it.
                server.Names.Add(TokenOf(RecordedExchange.Of(32).Target), server.Names.Apply((string)RecordedExchange.Of(30).Answer!["metadata"]!["continue"]!));
                break;
            case 49:
                // The budget wants the one pod that it selects.
                Api.Modify(ResourceTypes.Pods, Namespace, "virt-launcher-vm-node-1-2-c3713", pod => pod["metadata"]!["labels"]!["pdb"] = "a");
                server.Import(ResourceTypes.PodDisruptionBudgets, RecordedExchange.Of(50).Objects());
                break;
            case 52:
                Api.Create(ResourceTypes.PodDisruptionBudgets, JsonNode.Parse(
                    $$$"""
                    {"metadata":{"name":"block-b","namespace":"{{{Namespace}}}"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"pdb":"a"} } } }
                    """)!.AsObject());
                break;
            case 62:
                // The attacher has let go.
                Api.Modify(
                    ResourceTypes.VolumeAttachments, null, RecordedExchange.Of(61).Answer!["metadata"]!["name"]!.ToString(),
                    attachment => attachment["metadata"]!.AsObject().Remove("finalizers"));
                break;
            case 79:
                LeaveStuckPod();
                break;
            case 105:
                Api.Compact();
                break;
            case 109:
                // Opened at a version that another watch had been opened at before the history was compacted.
                server.IsNow("910");
                break;
        }
    }

    /// <summary>What happened while a recorded watch was open.</summary>
    public Func<Task>? During(int number) => number switch
    {
        102 => EvictAndEnd,
        103 => ForceDelete,
        _ => null,
    };

    private static string TokenOf(string target) => target[(target.IndexOf("continue=", StringComparison.Ordinal) + "continue=".Length)..];

    private void LeaveStuckPod()
    {
        Api.Create(ResourceTypes.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "going" } });
        Api.Create(ResourceTypes.Pods, JsonNode.Parse(
            """
            {"metadata":{"name":"stuck","namespace":"going","finalizers":["example.org/wait"]},"spec":{"containers":[{"name":"c","image":"x"}]}}
            """)!.AsObject());
        var ns = RecordedExchange.Of(79).Objects().Single();
        Api.Delete(ResourceTypes.Namespaces, null, "going");
        server.Names.Add(ns["metadata"]!["uid"]!.ToString(), Api.Get(ResourceTypes.Namespaces, null, "going")!.Uid);
    }

    /// <summary>The kubelet's part of an eviction: the processes end, the pod is confirmed.</summary>
    private Task EvictAndEnd()
    {
        const string Name = "virt-launcher-vm-node-2-1-7ecab";
        Api.Evict(Namespace, Name);
        Api.Modify(ResourceTypes.Pods, Namespace, Name, pod => pod["status"]!["phase"] = "Succeeded");
        Api.Delete(ResourceTypes.Pods, Namespace, Name, DeleteRequest.Force);
        return Task.CompletedTask;
    }

    private Task ForceDelete()
    {
        Api.Delete(ResourceTypes.Pods, Namespace, "virt-launcher-vm-node-2-2-58b9e", DeleteRequest.Force);
        return Task.CompletedTask;
    }
}
