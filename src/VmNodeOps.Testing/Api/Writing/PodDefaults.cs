using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>What a server fills in when a pod is created: the defaults that somebody who acts on nodes can see.</summary>
internal static class PodDefaults
{
    /// <summary>How long a pod stays bound to a node that is not ready or not reachable, unless it says otherwise.</summary>
    private const int TolerationSeconds = 300;

    public static void Apply(JsonObject pod)
    {
        var spec = pod["spec"] as JsonObject ?? new JsonObject();
        pod["spec"] = spec.Parent is null ? spec : pod["spec"];
        SetDefault(spec, "restartPolicy", "Always");
        SetDefault(spec, "terminationGracePeriodSeconds", 30);
        SetDefault(spec, "dnsPolicy", "ClusterFirst");
        SetDefault(spec, "serviceAccountName", "default");
        SetDefault(spec, "serviceAccount", (string)spec["serviceAccountName"]!);
        SetDefault(spec, "securityContext", new JsonObject());
        SetDefault(spec, "schedulerName", "default-scheduler");
        SetDefault(spec, "priority", 0);
        SetDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
        SetDefault(spec, "enableServiceLinks", true);
        Tolerate(spec, "node.kubernetes.io/not-ready");
        Tolerate(spec, "node.kubernetes.io/unreachable");
        var status = pod["status"] as JsonObject ?? new JsonObject();
        pod["status"] = status.Parent is null ? status : pod["status"];
        SetDefault(status, "phase", "Pending");
        SetDefault(status, "qosClass", QualityOfService.Of(spec));
    }

    private static void SetDefault(JsonObject target, string member, JsonNode value)
    {
        if (target[member] is null)
        {
            target[member] = value;
        }
    }

    private static void Tolerate(JsonObject spec, string taint)
    {
        if (spec["tolerations"] is not JsonArray tolerations)
        {
            spec["tolerations"] = tolerations = [];
        }

        if (tolerations.OfType<JsonObject>().Any(toleration => Covers(toleration, taint)))
        {
            return;
        }

        tolerations.AddNode(new JsonObject
        {
            ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = TolerationSeconds,
        });
    }

    private static bool Covers(JsonObject toleration, string taint) =>
        ((string?)toleration["key"] ?? "") is var key && (key.Length == 0 || key == taint) &&
        ((string?)toleration["effect"] ?? "") is "" or "NoExecute";
}
