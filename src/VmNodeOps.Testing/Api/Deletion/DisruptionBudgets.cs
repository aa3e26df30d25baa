using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Selectors;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>Asks the budgets that select a pod, and takes one disruption off the budget that allows it.</summary>
internal sealed class DisruptionBudgets(ObjectStore store, ObjectWriter writer, SimulatedTime time)
{
    private const int MostDisruptedPods = 2000;

    private const string Refusal = "Cannot evict pod as it would violate the pod's disruption budget.";

    private static readonly WriteContext Context = new("system:apiserver") { Subresource = "status" };

    /// <summary>A namespace may have a budget per virtual machine, and every eviction asks them all.</summary>
    private readonly ConditionalWeakTable<StoredObject, StrongBox<LabelSelector?>> _selectors = [];

    /// <exception cref="ApiErrorException">The budget does not allow it, or more than one budget selects the pod.</exception>
    public void Spend(StoredObject pod, bool dryRun)
    {
        var budgets = store.Take(ResourceTypes.PodDisruptionBudgets).List(pod.Namespace)
            .Where(budget => SelectorOf(budget)?.Matches(pod.Labels) == true)
            .ToList();
        if (budgets.Count > 1)
        {
            throw ApiErrorException.Create(
                500, null, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }

        if (budgets.Count == 1 && !LetsUnhealthyGo(budgets[0], pod))
        {
            CheckAndDecrement(budgets[0], pod, dryRun);
        }
    }

    private LabelSelector? SelectorOf(StoredObject budget) =>
        _selectors.GetValue(budget, found => new StrongBox<LabelSelector?>(LabelSelector.FromObject(found.At("spec.selector") as JsonObject))).Value;

    /// <summary>A pod that is not ready counts for nothing: it may go always, or as long as enough others are healthy.</summary>
    private static bool LetsUnhealthyGo(StoredObject budget, StoredObject pod)
    {
        if (pod.IsReady)
        {
            return false;
        }

        return (string?)budget.At("spec.unhealthyPodEvictionPolicy") == "AlwaysAllow" ||
            (Number(budget, "desiredHealthy") > 0 && Number(budget, "currentHealthy") >= Number(budget, "desiredHealthy"));
    }

    private void CheckAndDecrement(StoredObject budget, StoredObject pod, bool dryRun)
    {
        if (Number(budget, "observedGeneration") < ((long?)budget.At("metadata.generation") ?? 0))
        {
            throw Refuse($"The disruption budget {budget.Name} is still being processed by the server.", retryAfterSeconds: 10);
        }

        var allowed = Number(budget, "disruptionsAllowed");
        if (allowed < 0)
        {
            throw BudgetForbids(budget, "pdb disruptions allowed is negative");
        }

        if (budget.At("status.disruptedPods") is JsonObject { Count: > MostDisruptedPods })
        {
            throw BudgetForbids(budget, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (allowed == 0)
        {
            throw Refuse(WhyNone(budget), retryAfterSeconds: null);
        }

        if (!dryRun)
        {
            writer.Change(budget, json => Decremented(json, pod.Name), Context);
        }
    }

    private JsonObject Decremented(JsonObject budget, string podName)
    {
        var status = budget["status"]!.AsObject();
        status["disruptionsAllowed"] = (long)status["disruptionsAllowed"]! - 1;
        status["disruptedPods"] ??= new JsonObject();
        status["disruptedPods"]![podName] = Timestamps.Seconds(time.GetUtcNow());
        if ((long)status["disruptionsAllowed"]! == 0 && status["conditions"] is JsonArray conditions)
        {
            foreach (var condition in conditions.OfType<JsonObject>().Where(condition => (string?)condition["type"] == "DisruptionAllowed"))
            {
                condition["status"] = "False";
                condition["reason"] = "InsufficientPods";
                condition["lastTransitionTime"] = Timestamps.Seconds(time.GetUtcNow());
            }
        }

        return budget;
    }

    private static string WhyNone(StoredObject budget)
    {
        var failed = budget.At("status.conditions") is JsonArray conditions
            ? conditions.OfType<JsonObject>().FirstOrDefault(condition =>
                (string?)condition["type"] == "DisruptionAllowed" && (string?)condition["status"] == "False" &&
                (string?)condition["reason"] == "SyncFailed")
            : null;
        if (failed is not null)
        {
            return $"The disruption budget {budget.Name} does not allow evicting pods currently because it failed sync: {failed["message"]}";
        }

        var desired = Number(budget, "desiredHealthy");
        var current = Number(budget, "currentHealthy");
        return current <= desired
            ? string.Create(
                CultureInfo.InvariantCulture, $"The disruption budget {budget.Name} needs {desired} healthy pods and has {current} currently")
            : $"The disruption budget {budget.Name} does not allow evicting pods currently";
    }

    private static ApiErrorException Refuse(string why, int? retryAfterSeconds)
    {
        var details = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = why }),
        };
        if (retryAfterSeconds is { } seconds)
        {
            details["retryAfterSeconds"] = seconds;
        }

        return new ApiErrorException(ApiErrorException.Create(429, "TooManyRequests", Refusal, details).Status)
        {
            RetryAfterSeconds = retryAfterSeconds,
        };
    }

    private static ApiErrorException BudgetForbids(StoredObject budget, string why) =>
        ApiErrorException.Create(
            403,
            "Forbidden",
            $"poddisruptionbudget.policy \"{budget.Name}\" is forbidden: {why}",
            ApiErrors.Details(budget.Name, "policy", "poddisruptionbudget"));

    private static long Number(StoredObject budget, string member) => (long?)budget.At("status." + member) ?? 0;
}
