using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Keeps the status of disruption budgets, a little behind what happens: until then a new budget refuses every eviction.</summary>
internal sealed class DisruptionController : Controller
{
    private readonly DisruptionOptions _options;
    private readonly EventRecorder _events;
    private readonly PodIndex _pods = new();
    private readonly SelectorIndex<(string Namespace, string Name)> _budgets = new();
    private readonly WorkQueue<(string Namespace, string Name)> _queue;
    private readonly Dictionary<(string Namespace, string Name), DateTimeOffset> _rechecks = [];

    public DisruptionController(IClusterApi api, DisruptionOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:disruption-controller")
    {
        _options = options ?? new DisruptionOptions();
        _events = new EventRecorder(Api, "controllermanager", events);
        _queue = Queue<(string, string)>(_options.Lag, Sync);
    }

    public override void Start()
    {
        Observe(ResourceTypes.PodDisruptionBudgets, OnBudget);
        Observe(ResourceTypes.Pods, OnPod);
        foreach (var scaled in (ResourceType[])[ResourceTypes.ReplicaSets, ResourceTypes.Deployments])
        {
            Observe(scaled, OnScaled);
        }
    }

    private void OnBudget(ObjectChange change)
    {
        var key = (change.Object.Namespace!, change.Object.Name);
        if (change.Kind == ChangeKind.Deleted)
        {
            _budgets.Remove(key);
            return;
        }

        _budgets.Set(key, change.Object.Namespace!, LabelMatcher.Of(change.Object.Json["spec"]?["selector"]));
        _queue.Add(key);
    }

    private void OnPod(ObjectChange change)
    {
        var before = _pods.Take(change);
        foreach (var key in _budgets.Matching(change.Object))
        {
            _queue.Add(key);
        }

        if (before is not null && !ReferenceEquals(before.Labels, change.Object.Labels))
        {
            foreach (var key in _budgets.Matching(before))
            {
                _queue.Add(key);
            }
        }
    }

    /// <summary>What budgets are reckoned from may have a new scale.</summary>
    private void OnScaled(ObjectChange change)
    {
        if (change.Previous is not null
            && change.Previous.Json["spec"].Number("replicas") != change.Object.Json["spec"].Number("replicas")
            && Api.ListOwnedBy(change.Object.Uid) is [var owned, ..] && ReferenceEquals(owned.Type, ResourceTypes.Pods))
        {
            foreach (var key in _budgets.Matching(owned))
            {
                _queue.Add(key);
            }
        }
    }

    private void Sync((string Namespace, string Name) key)
    {
        if (Api.Get(ResourceTypes.PodDisruptionBudgets, key.Namespace, key.Name) is not { } budget)
        {
            return;
        }

        var pods = _pods.Matching(key.Namespace, LabelMatcher.Of(budget.Json["spec"]?["selector"]));
        try
        {
            var arithmetic = BudgetArithmetic.Of(Api, budget, pods);
            var disrupted = Disrupted(budget, pods, out var recheck);
            Recheck(key, recheck);
            var healthy = pods.Count(pod => !pod.IsDeleting && pod.IsReady && !disrupted.ContainsKey(pod.Name));
            Api.Modify(
                ResourceTypes.PodDisruptionBudgets, key.Namespace, key.Name, json => Write(json, arithmetic, healthy, disrupted), budget.Uid);
        }
        catch (BudgetException failure)
        {
            _events.Warning(budget, failure.Reason, failure.Message);
            Api.Modify(ResourceTypes.PodDisruptionBudgets, key.Namespace, key.Name, json => WriteFailure(json, failure), budget.Uid);
        }
    }

    private void Write(JsonObject budget, BudgetArithmetic arithmetic, int healthy, JsonObject disrupted)
    {
        var status = budget.Section("status");
        var generation = budget["metadata"].Number("generation") ?? 1;
        var allowed = arithmetic.Expected > 0 ? Math.Max(0, healthy - arithmetic.Desired) : 0;
        status.Put("observedGeneration", generation);
        status.Put("disruptedPods", disrupted.Count == 0 ? null : disrupted);
        status.Put("disruptionsAllowed", allowed);
        status.Put("currentHealthy", healthy);
        status.Put("desiredHealthy", arithmetic.Desired);
        status.Put("expectedPods", arithmetic.Expected);
        Conditions.Set(
            status, "DisruptionAllowed", allowed > 0 ? "True" : "False", Time.Stamp(), allowed > 0 ? "SufficientPods" : "InsufficientPods", "",
            new JsonObject { ["observedGeneration"] = generation });
    }

    /// <summary>A budget that cannot be reckoned fails safe: it allows nothing, and keeps its old numbers.</summary>
    private void WriteFailure(JsonObject budget, BudgetException failure)
    {
        var status = budget.Section("status");
        var generation = budget["metadata"].Number("generation") ?? 1;
        status.Put("observedGeneration", generation);
        status.Put("disruptionsAllowed", 0);
        foreach (var member in (string[])["currentHealthy", "desiredHealthy", "expectedPods"])
        {
            status.Put(member, status.Number(member) ?? 0);
        }

        Conditions.Set(
            status, "DisruptionAllowed", "False", Time.Stamp(), "SyncFailed", failure.Message, new JsonObject { ["observedGeneration"] = generation });
    }

    /// <summary>Evictions that were granted and whose pods still stand there count as disrupted until they time out.</summary>
    private JsonObject Disrupted(StoredObject budget, IReadOnlyList<StoredObject> pods, out DateTimeOffset? recheck)
    {
        recheck = null;
        var disrupted = new JsonObject();
        if (budget.Json["status"].Child("disruptedPods") is not { } noted)
        {
            return disrupted;
        }

        foreach (var pod in pods.Where(pod => !pod.IsDeleting))
        {
            if (ClockReading.Parse(noted.Text(pod.Name)) is not { } since)
            {
                continue;
            }

            var expiry = since + _options.DisruptedPodTimeout;
            if (expiry > Time.GetUtcNow())
            {
                disrupted[pod.Name] = noted.Text(pod.Name);
                recheck = recheck is { } earlier && earlier < expiry ? earlier : expiry;
            }
            else
            {
                _events.Warning(pod, "NotDeleted", string.Create(
                    CultureInfo.InvariantCulture,
                    $"Pod was expected by PDB {budget.Namespace}/{budget.Name} to be deleted but it wasn't"));
            }
        }

        return disrupted;
    }

    private void Recheck((string Namespace, string Name) key, DateTimeOffset? at)
    {
        if (at is { } time && _rechecks.GetValueOrDefault(key) != time)
        {
            _rechecks[key] = time;
            _queue.AddAfter(key, time - Time.GetUtcNow());
        }
    }
}
