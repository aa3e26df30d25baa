using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Discovery;

/// <summary>Everything that a simulated server serves, group by group, in the order in which a real one lists it.</summary>
internal sealed class Catalog
{
    private const string KubeVirtSubresources = "subresources.kubevirt.io";

    private static readonly string[] BuiltInVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] StatusVerbs = ["get", "patch", "update"];

    private static readonly string[] GroupOrder =
    [
        "", "apps", "authentication.k8s.io", "authorization.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
        "scheduling.k8s.io", "coordination.k8s.io", "kubevirt.io", KubeVirtSubresources,
    ];

    private static readonly string[] InstanceSubresources = ["pause", "unpause", "evacuate/cancel"];

    private static readonly string[] MachineSubresources = ["start", "stop", "restart", "migrate", "evacuate/cancel"];

    private readonly Dictionary<(string Group, string Version), ServedGroup> _groups;

    private Catalog(IEnumerable<ServedGroup> groups)
    {
        Groups = [.. groups];
        _groups = Groups.ToDictionary(group => (group.Group, group.Version));
    }

    /// <summary>Without KubeVirt, with it, and with an old one that has no evacuate/cancel.</summary>
    public static Catalog WithoutKubeVirt { get; } = Make(kubeVirt: false, evacuateCancel: false);

    public static Catalog WithOldKubeVirt { get; } = Make(kubeVirt: true, evacuateCancel: false);

    public static Catalog WithKubeVirt { get; } = Make(kubeVirt: true, evacuateCancel: true);

    public IReadOnlyList<ServedGroup> Groups { get; }

    public bool HasGroup(string group) => Groups.Any(served => served.Group == group);

    public ServedGroup? Find(string group, string version) => _groups.GetValueOrDefault((group, version));

    public ServedResource? Find(string group, string version, string plural) =>
        Find(group, version)?.Resources.FirstOrDefault(resource => resource.Type.Plural == plural);

    private static Catalog Make(bool kubeVirt, bool evacuateCancel)
    {
        var resources = ResourceTypes.All.Select(Stored).Concat(Reviews());
        if (kubeVirt)
        {
            resources = resources.Concat(Aggregated(evacuateCancel));
        }

        return new Catalog(resources
            .Where(resource => kubeVirt || !resource.Type.Custom)
            .GroupBy(resource => (resource.Type.Group, resource.Type.Version))
            .OrderBy(group => Array.IndexOf(GroupOrder, group.Key.Group))
            .Select(group => new ServedGroup(
                group.Key.Group,
                group.Key.Version,
                [.. group.OrderBy(resource => resource.Type.Plural, StringComparer.Ordinal)])));
    }

    private static ServedResource Stored(ResourceType type) => new()
    {
        Type = type,
        Verbs = type.Custom ? CustomVerbs
            : type == ResourceTypes.Namespaces ? [.. BuiltInVerbs.Where(verb => verb != "deletecollection")]
            : BuiltInVerbs,
        Subresources = [.. SubresourcesOf(type)],
    };

    private static IEnumerable<ServedSubresource> SubresourcesOf(ResourceType type)
    {
        if (type == ResourceTypes.Pods)
        {
            yield return new ServedSubresource("eviction", "Eviction", ["create"]) { Group = "policy", Version = "v1" };
        }

        if (type.HasStatus)
        {
            yield return new ServedSubresource("status", type.Kind, StatusVerbs);
        }
    }

    private static IEnumerable<ServedResource> Reviews()
    {
        yield return Review("authentication.k8s.io", "SelfSubjectReview", namespaced: false);
        yield return Review("authorization.k8s.io", "LocalSubjectAccessReview", namespaced: true);
        yield return Review("authorization.k8s.io", "SelfSubjectAccessReview", namespaced: false);
        yield return Review("authorization.k8s.io", "SelfSubjectRulesReview", namespaced: false);
        yield return Review("authorization.k8s.io", "SubjectAccessReview", namespaced: false);
    }

    private static ServedResource Review(string group, string kind, bool namespaced) => new()
    {
        Type = new ResourceType
        {
            Group = group,
            Version = "v1",
            Kind = kind,
            Singular = kind.ToLowerInvariant(),
            Plural = kind.ToLowerInvariant() + "s",
            Namespaced = namespaced,
        },
        Verbs = ["create"],
        Stored = false,
    };

    private static IEnumerable<ServedResource> Aggregated(bool evacuateCancel)
    {
        yield return Aggregated(ResourceTypes.VirtualMachineInstances, InstanceSubresources, evacuateCancel);
        yield return Aggregated(ResourceTypes.VirtualMachines, MachineSubresources, evacuateCancel);
    }

    private static ServedResource Aggregated(ResourceType parent, string[] subresources, bool evacuateCancel) => new()
    {
        Type = parent with { Group = KubeVirtSubresources, ShortNames = [], Categories = [], HasStatus = false },
        Aggregated = true,
        Stored = false,
        Subresources =
        [
            .. subresources
                .Where(name => evacuateCancel || name != "evacuate/cancel")
                .Select(name => new ServedSubresource(name, "", ["get", "update"])),
        ],
    };
}
