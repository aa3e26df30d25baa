using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>How many pods a budget expects, and how many of them must be healthy.</summary>
internal sealed record BudgetArithmetic(long Expected, long Desired)
{
    private static readonly Dictionary<string, ResourceType> Scaled = new()
    {
        ["ReplicaSet"] = ResourceTypes.ReplicaSets,
        ["Deployment"] = ResourceTypes.Deployments,
        ["VirtualMachineInstanceReplicaSet"] = ResourceTypes.VirtualMachineInstanceReplicaSets,
    };

    /// <summary>
    /// A number in <c>minAvailable</c> needs no scale: the pods there are are the pods expected. Everything else is reckoned from the scale of
    /// the pods' controllers.
    /// </summary>
    public static BudgetArithmetic Of(IClusterApi api, StoredObject budget, IReadOnlyList<StoredObject> pods)
    {
        var spec = budget.Json["spec"];
        if (spec?["maxUnavailable"] is { } unavailable)
        {
            var expected = ExpectedScale(api, pods);
            return new BudgetArithmetic(expected, Math.Max(0, expected - IntOrPercent.Of(unavailable, expected, roundUp: true)));
        }

        if (spec?["minAvailable"] is { } available)
        {
            var expected = IntOrPercent.IsPercent(available) ? ExpectedScale(api, pods) : pods.Count;
            return new BudgetArithmetic(expected, IntOrPercent.Of(available, expected, roundUp: true));
        }

        return new BudgetArithmetic(0, 0);
    }

    private static long ExpectedScale(IClusterApi api, IReadOnlyList<StoredObject> pods)
    {
        var scales = new Dictionary<string, long>();
        foreach (var pod in pods)
        {
            if (pod.Controller() is not { } controller)
            {
                throw new BudgetException("NoControllers", $"found no controllers for pod \"{pod.Name}\"");
            }

            if (!scales.ContainsKey(controller.Uid))
            {
                scales[controller.Uid] = ScaleOf(api, pod, controller);
            }
        }

        return scales.Values.Sum();
    }

    private static long ScaleOf(IClusterApi api, StoredObject pod, (string Kind, string Name, string Uid) controller)
    {
        if (!Scaled.TryGetValue(controller.Kind, out var type) || api.Get(type, pod.Namespace, controller.Name) is not { } owner)
        {
            var reference = pod.Json["metadata"].Children("ownerReferences").First(item => item.Flag("controller"));
            var group = (reference.Text("apiVersion") ?? "").Split('/')[0];
            throw new BudgetException(
                "CalculateExpectedPodCountFailed",
                $"{Plural(controller.Kind)}.{group} does not implement the scale subresource");
        }

        return owner.Json["spec"].Number("replicas") ?? 1;
    }

    private static string Plural(string kind) => ResourceTypes.All.FirstOrDefault(type => type.Kind == kind)?.Plural ?? $"{kind.ToLowerInvariant()}s";
}
