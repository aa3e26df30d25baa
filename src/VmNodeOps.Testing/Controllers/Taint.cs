using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>A taint of a node.</summary>
internal readonly record struct Taint(string Key, string Value, string Effect)
{
    public const string NotReady = "node.kubernetes.io/not-ready";

    public const string Unreachable = "node.kubernetes.io/unreachable";

    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    public const string OutOfService = "node.kubernetes.io/out-of-service";

    public const string NoSchedule = "NoSchedule";

    public const string NoExecute = "NoExecute";

    public static IEnumerable<Taint> Of(JsonNode? node) => node?["spec"].Children("taints")
        .Select(taint => new Taint(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? "")) ?? [];

    public static bool IsOutOfService(StoredObject? node) => node is not null && Of(node.Json).Any(taint => taint.Key == OutOfService);

    /// <summary>As messages write it.</summary>
    public override string ToString() => $"{{{Key}: {Value}}}";
}
