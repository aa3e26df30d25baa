using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>A pod's toleration: an empty key with Exists stands for every taint, an empty effect for every effect.</summary>
internal readonly record struct Toleration(string Key, string Operator, string Value, string Effect, long? Seconds)
{
    public static IReadOnlyList<Toleration> Of(StoredObject pod) => Of(pod.Json);

    public static IReadOnlyList<Toleration> Of(JsonObject pod) =>
    [
        .. pod["spec"].Children("tolerations").Select(toleration => new Toleration(
            toleration.Text("key") ?? "", toleration.Text("operator") ?? "Equal", toleration.Text("value") ?? "",
            toleration.Text("effect") ?? "", toleration.Number("tolerationSeconds"))),
    ];

    public bool Tolerates(Taint taint) =>
        (Effect.Length == 0 || Effect == taint.Effect)
        && (Key.Length == 0 ? Operator == "Exists" : Key == taint.Key)
        && (Operator == "Exists" || Value == taint.Value);
}
