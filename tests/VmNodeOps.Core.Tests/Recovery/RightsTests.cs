using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>The rights that a plan names, given to somebody who has no others.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task The_rights_that_the_plan_names_are_enough()
    {
        await using var scene = await CrashedAsync();
        var plan = await scene.Runner.PlanAsync(Crashes.RecoveryOf("node-1"));
        Grant(scene, plan.Rights);

        var report = await RunAsRecovererAsync(scene);

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");
    }

    [Theory]
    [InlineData("delete", "pods")]
    [InlineData("delete", "volumeattachments")]
    [InlineData("list", "persistentvolumeclaims")]
    [InlineData("watch", "nodes")]
    public async Task Without_one_of_them_the_run_ends_and_says_which_is_missing(string verb, string resource)
    {
        await using var scene = await CrashedAsync();
        var plan = await scene.Runner.PlanAsync(Crashes.RecoveryOf("node-1"));
        Grant(scene, plan.Rights.Where(right => (right.Verb, right.Resource) != (verb, resource)));

        var message = "";
        try
        {
            var report = await RunAsRecovererAsync(scene);
            report.ShouldHave(MaintenanceResult.Failed);
            message = report.Summary;
        }
        catch (ClusterException exception)
        {
            exception.Cause.Should().Be(ClusterErrorCause.Forbidden);
            message = exception.Message;
        }

        message.Should().Contain("forbidden").And.Contain(resource);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static async Task<Scene> CrashedAsync()
    {
        // A plain pod with a claim, so that claims are read.
        var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()).WithVirtualMachine("web", vm => vm.On("node-1").WithDisk()));
        scene.Cluster.Objects.Create(JsonNode.Parse(
            """
            {
              "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "reader", "namespace": "default" },
              "spec": {
                "nodeName": "node-1", "containers": [ { "name": "main", "image": "example/reader" } ],
                "volumes": [ { "name": "data", "persistentVolumeClaim": { "claimName": "none" } } ]
              }
            }
            """)!.AsObject());
        await scene.CrashAsync("node-1");
        return scene;
    }

    private static void Grant(Scene scene, IEnumerable<AccessQuestion> rights)
    {
        var rules = rights.Select(right => new JsonObject
        {
            ["apiGroups"] = new JsonArray(right.Group),
            ["resources"] = new JsonArray(right.Subresource.Length == 0 ? right.Resource : $"{right.Resource}/{right.Subresource}"),
            ["verbs"] = new JsonArray(right.Verb),
        });
        scene.Cluster.Objects.Create(new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRole",
            ["metadata"] = new JsonObject { ["name"] = "recoverer" },
            ["rules"] = new JsonArray([.. rules]),
        });
        scene.Cluster.Objects.Create(new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRoleBinding",
            ["metadata"] = new JsonObject { ["name"] = "recoverer" },
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = "recoverer" },
            ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "User", ["name"] = "recoverer" }),
        });
    }

    private static async Task<MaintenanceReport> RunAsRecovererAsync(Scene scene)
    {
        var kubeconfig = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(kubeconfig, scene.Cluster.KubeconfigFor("recoverer"));
            using var client = KubernetesCluster.FromKubeConfig(kubeconfig, options: new KubernetesClusterOptions { TimeProvider = scene.Cluster.Time, JitterSeed = 1 });
            using (scene.Cluster.Time.Pause())
            {
                await client.Server.GetVersionAsync();
            }

            return await new MaintenanceRunner(client, scene.Cluster.Time).RunAsync(Crashes.RecoveryOf("node-1"));
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }
}
