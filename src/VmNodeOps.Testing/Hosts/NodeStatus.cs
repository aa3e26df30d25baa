using System.Text.Json.Nodes;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>What a kubelet writes about its node.</summary>
internal static class NodeStatus
{
    private static readonly (string Type, string Reason, string Message)[] Pressures =
    [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];

    /// <summary>The node object of a machine that registers for the first time.</summary>
    public static JsonObject NewNode(Kubelet kubelet)
    {
        var node = new JsonObject
        {
            ["kind"] = "Node",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = kubelet.Host.NodeName,
                ["labels"] = new JsonObject(),
                ["annotations"] = new JsonObject { ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" },
            },
            ["spec"] = new JsonObject(),
        };
        Register(node, kubelet);
        return node;
    }

    /// <summary>What a kubelet sets when it starts: labels that are missing, and its whole status.</summary>
    public static void Register(JsonObject node, Kubelet kubelet)
    {
        var metadata = node.Section("metadata");
        var labels = metadata.Section("labels");
        foreach (var (key, value) in Defaults(kubelet).Concat(kubelet.Shape.Labels))
        {
            labels[key] ??= value;
        }

        foreach (var (key, value) in kubelet.Shape.Annotations)
        {
            metadata.Section("annotations")[key] ??= value;
        }

        Write(node, kubelet, heartbeat: true);
        var status = node.Section("status");
        status.Put("volumesInUse", null);
        var capacity = new JsonObject(kubelet.Shape.Capacity.OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => KeyValuePair.Create(item.Key, (JsonNode?)JsonValue.Create(item.Value))));
        status.Put("capacity", capacity.DeepClone());
        status.Put("allocatable", capacity);
        status.Put("addresses", new JsonArray(
            new JsonObject { ["type"] = "InternalIP", ["address"] = kubelet.Address },
            new JsonObject { ["type"] = "Hostname", ["address"] = kubelet.Host.NodeName }));
        status.Put("daemonEndpoints", new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } });
        status.Put("nodeInfo", Info(kubelet));
    }

    /// <summary>The part that changes: conditions. Their heartbeat times move only with a heartbeat or a change.</summary>
    public static void Write(JsonObject node, Kubelet kubelet, bool heartbeat)
    {
        var status = node.Section("status");
        var now = kubelet.Time.Stamp();
        foreach (var (type, reason, message) in Pressures)
        {
            Conditions.Set(status, type, "False", now, reason, message, Heartbeat());
        }

        if (kubelet.IsShuttingDown)
        {
            Conditions.Set(status, "Ready", "False", now, "KubeletNotReady", "node is shutting down", Heartbeat());
        }
        else
        {
            Conditions.Set(status, "Ready", "True", now, "KubeletReady", "kubelet is posting ready status", Heartbeat());
        }

        JsonObject Heartbeat() => heartbeat ? new JsonObject { ["lastHeartbeatTime"] = now } : [];
    }

    private static Dictionary<string, string> Defaults(Kubelet kubelet) => new()
    {
        ["beta.kubernetes.io/arch"] = "amd64",
        ["beta.kubernetes.io/os"] = "linux",
        ["kubernetes.io/arch"] = "amd64",
        ["kubernetes.io/hostname"] = kubelet.Host.NodeName,
        ["kubernetes.io/os"] = "linux",
    };

    private static JsonObject Info(Kubelet kubelet) => new()
    {
        ["machineID"] = kubelet.MachineId.Replace("-", "", StringComparison.Ordinal),
        ["systemUUID"] = kubelet.MachineId,
        ["bootID"] = kubelet.Host.BootId,
        ["kernelVersion"] = "6.12.0-simulated",
        ["osImage"] = "Simulated Linux",
        ["containerRuntimeVersion"] = "containerd://2.0.0",
        ["kubeletVersion"] = kubelet.Options.KubernetesVersion,
        ["kubeProxyVersion"] = kubelet.Options.Minor >= 33 ? "" : kubelet.Options.KubernetesVersion,
        ["operatingSystem"] = "linux",
        ["architecture"] = "amd64",
    };
}
