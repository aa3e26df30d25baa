using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing;

/// <summary>Writes what surrounds the machines: namespaces, volumes, workloads, budgets, users.</summary>
internal sealed class SceneObjects(IClusterApi api)
{
    private readonly IClusterApi _api = api.As("kubernetes-admin");

    public static string ClaimName(SimulatedVirtualMachine machine, SimulatedVolume volume) =>
        volume.ExistingClaim ?? $"{machine.Name}-{volume.Name}";

    public void EnsureNamespace(string name)
    {
        if (_api.Get(ResourceTypes.Namespaces, null, name) is null)
        {
            _api.Create(ResourceTypes.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }
    }

    /// <summary>A bound claim and its volume for each disk.</summary>
    public void WriteVolumes(SimulatedVirtualMachine machine)
    {
        foreach (var volume in machine.Volumes.Where(volume => volume.ExistingClaim is null))
        {
            var claim = ClaimName(machine, volume);
            var name = $"pv-{machine.Namespace}-{claim}";
            var mode = volume.IsShared ? "ReadWriteMany" : "ReadWriteOnce";
            _api.Create(ResourceTypes.PersistentVolumes, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = new JsonObject
                {
                    ["capacity"] = new JsonObject { ["storage"] = "10Gi" },
                    ["accessModes"] = new JsonArray(mode),
                    ["csi"] = new JsonObject { ["driver"] = volume.Driver, ["volumeHandle"] = name },
                    ["claimRef"] = new JsonObject { ["kind"] = "PersistentVolumeClaim", ["namespace"] = machine.Namespace, ["name"] = claim },
                    ["persistentVolumeReclaimPolicy"] = "Delete",
                    ["storageClassName"] = "simulated",
                    ["volumeMode"] = "Block",
                },
                ["status"] = new JsonObject { ["phase"] = "Bound" },
            });
            _api.Create(ResourceTypes.PersistentVolumeClaims, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = claim, ["namespace"] = machine.Namespace },
                ["spec"] = new JsonObject
                {
                    ["accessModes"] = new JsonArray(mode),
                    ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "10Gi" } },
                    ["storageClassName"] = "simulated",
                    ["volumeMode"] = "Block",
                    ["volumeName"] = name,
                },
                ["status"] = new JsonObject
                {
                    ["phase"] = "Bound",
                    ["accessModes"] = new JsonArray(mode),
                    ["capacity"] = new JsonObject { ["storage"] = "10Gi" },
                },
            });
        }
    }

    public void Write(SimulatedWorkload workload)
    {
        var labels = new JsonObject { ["app"] = workload.Name };
        foreach (var (key, value) in workload.Labels)
        {
            labels[key] = value;
        }

        var metadata = new JsonObject { ["name"] = workload.Name, ["namespace"] = workload.Namespace };
        var template = Template(workload, labels);
        switch (workload.Kind)
        {
            case SimulatedWorkloadKind.Pod:
                template["metadata"]!["name"] = workload.Name;
                template["metadata"]!["namespace"] = workload.Namespace;
                _api.Create(ResourceTypes.Pods, template);
                break;
            case SimulatedWorkloadKind.DaemonSet:
                _api.Create(ResourceTypes.DaemonSets, new JsonObject { ["metadata"] = metadata, ["spec"] = Spec(workload, template) });
                break;
            default:
                var spec = Spec(workload, template);
                spec["replicas"] = workload.Replicas;
                _api.Create(ResourceTypes.Deployments, new JsonObject { ["metadata"] = metadata, ["spec"] = spec });
                break;
        }

        if (workload.MinAvailable is { } available)
        {
            Write(new SimulatedBudget
            {
                Name = workload.Name,
                Namespace = workload.Namespace,
                Selector = new Dictionary<string, string> { ["app"] = workload.Name },
                MinAvailable = available.ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
        }
    }

    public void Write(SimulatedBudget budget)
    {
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = Map(budget.Selector) } };
        Put(spec, "minAvailable", Amount(budget.MinAvailable));
        Put(spec, "maxUnavailable", Amount(budget.MaxUnavailable));
        Put(spec, "unhealthyPodEvictionPolicy", budget.UnhealthyPodEvictionPolicy);
        _api.Create(ResourceTypes.PodDisruptionBudgets, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = budget.Name, ["namespace"] = budget.Namespace },
            ["spec"] = spec,
        });
    }

    public void Write(SimulatedUser user)
    {
        if (user.Rules.Count > 0)
        {
            _api.Create(ResourceTypes.ClusterRoles, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = user.Name },
                ["rules"] = new JsonArray([.. user.Rules.Select(rule => new JsonObject
                {
                    ["apiGroups"] = new JsonArray(rule.ApiGroup),
                    ["resources"] = Texts(rule.Resources),
                    ["verbs"] = Texts(rule.Verbs),
                })]),
            });
            Bind(user.Name, user.Name, user.Name);
        }

        foreach (var role in user.ClusterRoles)
        {
            Bind($"{user.Name}:{role}", user.Name, role);
        }
    }

    private void Bind(string name, string user, string role) => _api.Create(ResourceTypes.ClusterRoleBindings, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role },
        ["subjects"] = new JsonArray(
            new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "User", ["name"] = user }),
    });

    private static JsonObject Spec(SimulatedWorkload workload, JsonObject template) => new()
    {
        ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = workload.Name } },
        ["template"] = template,
    };

    private static JsonObject Template(SimulatedWorkload workload, JsonObject labels)
    {
        var metadata = new JsonObject { ["labels"] = labels };
        if (workload.StopDuration > TimeSpan.Zero)
        {
            metadata["annotations"] = new JsonObject
            {
                [OrdinaryWorkload.StopSecondsAnnotation] =
                    workload.StopDuration.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }

        var spec = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = $"registry.invalid/{workload.Name}:1" }),
        };
        if (workload.HasEmptyDir)
        {
            spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "scratch", ["emptyDir"] = new JsonObject() });
        }

        if (workload.Node is { } node)
        {
            spec["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = node };
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = spec };
    }

    private static JsonValue? Amount(string? amount) =>
        int.TryParse(amount, out var number) ? JsonValue.Create(number) : amount is null ? null : JsonValue.Create(amount);

    private static void Put(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    private static JsonObject Map(IReadOnlyDictionary<string, string> values) =>
        new(values.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));
}
