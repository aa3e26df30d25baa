using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Guests;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>What KubeVirt's parts share: the API, the clock, the hosts and the guests.</summary>
internal sealed class KubeVirtWorld(IClusterApi api, KubeVirtSettings settings)
{
    private readonly ConcurrentDictionary<string, GuestBehavior> _behaviors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _placements = new(StringComparer.Ordinal);

    public IClusterApi Api => api;

    public SimulatedTime Time => api.Time;

    public KubeVirtSettings Settings => settings;

    public KubeVirtProfile Profile => settings.Profile;

    public GuestRegistry Guests { get; } = new(api.Time);

    /// <summary>The processes of virt-api, virt-controller and virt-handler.</summary>
    public ComponentWorkload Components { get; } = new();

    /// <summary>Whether virt-handler runs on that node and reaches the API server.</summary>
    public bool HasHandler(string? node) => node is not null && Components.HandlerRunsOn(node);

    /// <summary>The KubeVirt resource, which a user may change while the cluster runs.</summary>
    public JsonObject? Configuration => api.List(ResourceTypes.KubeVirts, settings.Namespace) is [var resource, ..] ? resource.Json : null;

    public int ParallelMigrationsPerCluster =>
        (int?)Configuration.Number("spec.configuration.migrations.parallelMigrationsPerCluster") ?? 5;

    public int ParallelOutboundMigrationsPerNode =>
        (int?)Configuration.Number("spec.configuration.migrations.parallelOutboundMigrationsPerNode") ?? 2;

    public string DrainTaintKey => Configuration.Text("spec.configuration.migrations.nodeDrainTaintKey") ?? "kubevirt.io/drain";

    public string DefaultEvictionStrategy => Configuration.Text("spec.configuration.evictionStrategy") ?? "None";

    /// <summary>The behaviour set for the machine, or for the replica set or machine that owns the instance.</summary>
    public GuestBehavior Behavior(StoredObject instance) =>
        _behaviors.GetValueOrDefault(Names.Key(instance.Namespace, BehaviorName(instance))) ?? DefaultBehavior;

    public GuestBehavior DefaultBehavior { get; set; } = new();

    public void SetBehavior(string ns, string name, Func<GuestBehavior, GuestBehavior> change)
    {
        var key = Names.Key(ns, name);
        _behaviors[key] = change(_behaviors.GetValueOrDefault(key) ?? DefaultBehavior);
    }

    /// <summary>How many of the next migrations, of whatever machine, fail.</summary>
    public int FailingMigrations { get; set; }

    /// <summary>Why the migration that would switch over now fails instead; null if it does not.</summary>
    public string? TakeMigrationFailure(StoredObject instance)
    {
        var behavior = Behavior(instance);
        if (FailingMigrations > 0)
        {
            FailingMigrations--;
        }
        else if (behavior.FailingMigrations > 0)
        {
            SetBehavior(
                instance.Namespace!,
                BehaviorName(instance),
                current => current with { FailingMigrations = current.FailingMigrations - 1 });
        }
        else
        {
            return null;
        }

        return "Live migration failed: error encountered during the migration";
    }

    /// <summary>The next launcher of that machine goes to that node, past the scheduler: for setting a scene.</summary>
    public void PlaceNext(string ns, string name, string node) => _placements[Names.Key(ns, name)] = node;

    private string BehaviorName(StoredObject instance) =>
        !_behaviors.ContainsKey(Names.Key(instance.Namespace, instance.Name)) && instance.Owner()?.Text("name") is { } owner
            ? owner
            : instance.Name;

    public string? TakePlacement(StoredObject instance)
    {
        if (_placements.TryRemove(Names.Key(instance.Namespace, instance.Name), out var node))
        {
            return node;
        }

        return instance.Owner()?.Text("name") is { } owner && _placements.TryRemove(Names.Key(instance.Namespace, owner), out node) ? node : null;
    }

    /// <summary>Changes an object as one of KubeVirt's components. What changes nothing is not sent, so that it needs no webhook.</summary>
    /// <param name="change">Is applied once to see whether it changes anything, and again for the write.</param>
    /// <returns>The new version, or null if the object is gone or another one bears its name.</returns>
    public StoredObject? Update(string user, StoredObject stored, Action<JsonObject> change)
    {
        if (api.Get(stored.Type, stored.Namespace, stored.Name) is not { } current || current.Uid != stored.Uid)
        {
            return null;
        }

        var draft = current.Json.DeepClone().AsObject();
        change(draft);
        return JsonNode.DeepEquals(draft, current.Json)
            ? current
            : api.As(user).Modify(stored.Type, stored.Namespace, stored.Name, change, stored.Uid);
    }

    /// <summary>The launcher pods of an instance, gone ones excepted, oldest first.</summary>
    public IReadOnlyList<StoredObject> LauncherPods(StoredObject instance) =>
    [
        .. api.ListOwnedBy(instance.Uid)
            .Where(owned => owned.Type == ResourceTypes.Pods && owned.Label(Names.Component) == Names.Launcher)
            .OrderBy(pod => pod.Json.Text("metadata.creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(pod => pod.Label(Names.MigrationJobUid) is not null),
    ];

    /// <summary>The newest launcher pod on the instance's node; before it has a node, the newest at all.</summary>
    public StoredObject? CurrentPod(StoredObject instance)
    {
        var node = instance.NodeName;
        return LauncherPods(instance).LastOrDefault(pod => node is null || pod.NodeName == node);
    }

    public void RecordEvent(StoredObject about, string type, string reason, string message, string component)
    {
        if (!settings.Events)
        {
            return;
        }

        var stamp = Time.Stamp();
        var involved = new JsonObject
        {
            ["kind"] = about.Type.Kind,
            ["name"] = about.Name,
            ["uid"] = about.Uid,
            ["apiVersion"] = about.Type.ApiVersion,
            ["resourceVersion"] = about.Json.Text("metadata.resourceVersion"),
        };
        if (about.Namespace is not null)
        {
            involved["namespace"] = about.Namespace;
        }

        api.As(settings.ControllerUser).Create(ResourceTypes.Events, new JsonObject
        {
            ["metadata"] = new JsonObject { ["generateName"] = about.Name + ".", ["namespace"] = about.Namespace ?? "default" },
            ["involvedObject"] = involved,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = component },
            ["firstTimestamp"] = stamp,
            ["lastTimestamp"] = stamp,
            ["count"] = 1,
            ["type"] = type,
            ["eventTime"] = null,
            ["reportingComponent"] = component,
            ["reportingInstance"] = "",
        });
    }
}
