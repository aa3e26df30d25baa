using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>What virt-operator would have made: the resource, the components, their budgets and roles.</summary>
internal sealed class KubeVirtInstallation(KubeVirtWorld world)
{
    private const string PriorityClass = "kubevirt-cluster-critical";

    private KubeVirtSettings Settings => world.Settings;

    public void Apply()
    {
        var api = world.Api.As(Settings.OperatorUser);
        if (api.Get(ResourceTypes.Namespaces, null, Settings.Namespace) is null)
        {
            api.Create(ResourceTypes.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = Settings.Namespace } });
        }

        api.Create(ResourceTypes.PriorityClasses, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = PriorityClass },
            ["value"] = 1000000000,
            ["globalDefault"] = false,
            ["description"] = "This priority class should be used for KubeVirt core components only.",
        });
        CreateResource(api);
        var nodes = api.List(ResourceTypes.Nodes).Count;
        var replicas = nodes == 1 ? 1 : 2;
        CreateDeployment(api, "virt-operator", replicas);
        CreateDeployment(api, "virt-api", nodes == 1 ? 1 : Math.Max(2, nodes / 10));
        CreateDeployment(api, "virt-controller", replicas);
        CreateService(api);
        CreateHandler(api);
        KubeVirtRoles.Apply(api, Settings.Profile);
    }

    private void CreateResource(IClusterApi api)
    {
        var configuration = new JsonObject();
        if (Settings.EvictionStrategy is { } strategy)
        {
            configuration["evictionStrategy"] = strategy;
        }

        if (Settings.ParallelMigrationsPerCluster is { } cluster)
        {
            configuration.Child("migrations")["parallelMigrationsPerCluster"] = cluster;
        }

        if (Settings.ParallelOutboundMigrationsPerNode is { } node)
        {
            configuration.Child("migrations")["parallelOutboundMigrationsPerNode"] = node;
        }

        api.Create(ResourceTypes.KubeVirts, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubevirt", ["namespace"] = Settings.Namespace },
            ["spec"] = new JsonObject
            {
                ["certificateRotateStrategy"] = new JsonObject(),
                ["configuration"] = configuration,
                ["customizeComponents"] = new JsonObject(),
                ["workloadUpdateStrategy"] = new JsonObject(),
            },
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = "Available",
                    ["status"] = "True",
                    ["reason"] = "AllComponentsReady",
                    ["message"] = "All components are ready.",
                }),
                ["defaultArchitecture"] = "amd64",
                ["observedKubeVirtVersion"] = "v" + Settings.Profile.Name,
                ["operatorVersion"] = "v" + Settings.Profile.Name,
                ["outdatedVirtualMachineInstanceWorkloads"] = 0,
                ["phase"] = "Deployed",
                ["targetKubeVirtVersion"] = "v" + Settings.Profile.Name,
            },
        });
    }

    private void CreateDeployment(IClusterApi api, string name, int replicas)
    {
        api.Create(ResourceTypes.Deployments, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = Settings.Namespace,
                ["labels"] = new JsonObject { [Names.Component] = name },
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Names.Component] = name } },
                ["template"] = Template(name, Affinity(api, name)),
            },
        });
        if (replicas > 1 && name != "virt-operator")
        {
            api.Create(ResourceTypes.PodDisruptionBudgets, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name + "-pdb",
                    ["namespace"] = Settings.Namespace,
                    ["labels"] = new JsonObject { [Names.Component] = name },
                },
                ["spec"] = new JsonObject
                {
                    ["minAvailable"] = replicas - 1,
                    ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Names.Component] = name } },
                },
            });
        }
    }

    private void CreateService(IClusterApi api) => api.Create(ResourceTypes.Services, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "virt-api", ["namespace"] = Settings.Namespace },
        ["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { [Names.Component] = "virt-api" },
            ["ports"] = new JsonArray(new JsonObject { ["port"] = 443, ["targetPort"] = 8443, ["protocol"] = "TCP" }),
            ["type"] = "ClusterIP",
        },
    });

    private void CreateHandler(IClusterApi api) => api.Create(ResourceTypes.DaemonSets, new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "virt-handler",
            ["namespace"] = Settings.Namespace,
            ["labels"] = new JsonObject { [Names.Component] = "virt-handler" },
        },
        ["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Names.Component] = "virt-handler" } },
            ["template"] = Template("virt-handler", null),
        },
    });

    private JsonObject Template(string name, JsonObject? affinity)
    {
        var spec = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = name,
                ["image"] = $"quay.io/kubevirt/{name}:v{Settings.Profile.Name}",
                ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "5m", ["memory"] = "50Mi" } },
            }),
            ["priorityClassName"] = PriorityClass,
            ["serviceAccountName"] = name switch
            {
                "virt-api" => "kubevirt-apiserver",
                "virt-controller" => "kubevirt-controller",
                "virt-handler" => "kubevirt-handler",
                _ => "kubevirt-operator",
            },
            ["tolerations"] = new JsonArray(
                new JsonObject { ["key"] = "CriticalAddonsOnly", ["operator"] = "Exists" },
                new JsonObject { ["key"] = "node-role.kubernetes.io/control-plane", ["operator"] = "Exists", ["effect"] = "NoSchedule" }),
            ["terminationGracePeriodSeconds"] = 30,
        };
        if (affinity is not null)
        {
            spec["affinity"] = affinity;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { [Names.Component] = name, ["prometheus.kubevirt.io"] = "true" },
            },
            ["spec"] = spec,
        };
    }

    /// <summary>Since 1.3 the components want control-plane nodes; on clusters without any, and where nodes are given, those.</summary>
    private JsonObject Affinity(IClusterApi api, string name)
    {
        var affinity = new JsonObject
        {
            ["podAntiAffinity"] = new JsonObject
            {
                ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject
                {
                    ["weight"] = 1,
                    ["podAffinityTerm"] = new JsonObject
                    {
                        ["labelSelector"] = new JsonObject
                        {
                            ["matchExpressions"] = new JsonArray(
                                new JsonObject { ["key"] = Names.Component, ["operator"] = "In", ["values"] = new JsonArray(name) }),
                        },
                        ["topologyKey"] = "kubernetes.io/hostname",
                    },
                }),
            },
        };
        var expression = Placement(api);
        if (expression is not null)
        {
            affinity["nodeAffinity"] = new JsonObject
            {
                ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
                {
                    ["nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchExpressions"] = new JsonArray(expression) }),
                },
            };
        }

        return affinity;
    }

    private JsonObject? Placement(IClusterApi api)
    {
        if (Settings.ComponentNodes.Count > 0)
        {
            return new JsonObject
            {
                ["key"] = "kubernetes.io/hostname",
                ["operator"] = "In",
                ["values"] = new JsonArray([.. Settings.ComponentNodes.Select(node => (JsonNode)node)]),
            };
        }

        const string role = "node-role.kubernetes.io/control-plane";
        return Settings.Profile.PlacesOnControlPlane && api.List(ResourceTypes.Nodes).Any(node => node.Labels.ContainsKey(role))
            ? new JsonObject { ["key"] = role, ["operator"] = "Exists" }
            : null;
    }
}
