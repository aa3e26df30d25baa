using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Tests.Controllers;

public class WorkloadTests
{
    private const string Template = """
        {"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"registry.invalid/web:1"}]}}
        """;

    [Fact]
    public async Task A_deployment_has_its_pods_and_its_counts()
    {
        using var cluster = new ClusterFixture();
        AddDeployment(cluster, 2);

        await cluster.UntilAsync(() => Deployment(cluster)["status"].Number("availableReplicas") == 2, "available");

        var set = cluster.Api.List(ResourceTypes.ReplicaSets).Single();
        set.Name.Should().MatchRegex("^web-[bcdfghjklmnpqrstvwxz2456789]{10}$");
        var pods = Pods(cluster);
        pods.Should().HaveCount(2);
        pods[0].Name.Should().MatchRegex($"^{set.Name}-[a-z0-9]{{5}}$");
        pods[0].Controller()!.Value.Kind.Should().Be("ReplicaSet");
        Conditions.StatusOf(Deployment(cluster)["status"], "Available").Should().Be("True");
    }

    [Fact]
    public async Task A_terminating_pod_is_replaced_at_once()
    {
        using var cluster = new ClusterFixture();
        AddDeployment(cluster, 1);
        await cluster.UntilAsync(() => Deployment(cluster)["status"].Number("availableReplicas") == 1, "available");
        var first = Pods(cluster).Single();
        cluster.Host(first.NodeName!).CutOff();

        cluster.Api.Delete(ResourceTypes.Pods, first.Namespace, first.Name);
        await cluster.UntilAsync(() => Pods(cluster).Count(pod => pod.IsReady) == 2, "replaced");

        Pods(cluster).Should().Contain(pod => pod.Uid == first.Uid && pod.IsDeleting);
    }

    [Fact]
    public async Task Scaling_goes_both_ways_and_deletion_takes_all()
    {
        using var cluster = new ClusterFixture();
        AddDeployment(cluster, 1);
        await cluster.UntilAsync(() => Pods(cluster).Count(pod => pod.IsReady) == 1, "one");

        Scale(cluster, 3);
        await cluster.UntilAsync(() => Deployment(cluster)["status"].Number("readyReplicas") == 3, "three");
        Scale(cluster, 1);
        await cluster.UntilAsync(() => Pods(cluster).Count == 1, "one again");
        cluster.Api.Delete(ResourceTypes.Deployments, "default", "web");
        await cluster.UntilAsync(() => Pods(cluster).Count == 0, "none");
    }

    [Fact]
    public async Task A_daemon_runs_on_every_node_that_its_template_allows()
    {
        using var cluster = new ClusterFixture();
        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "ready");
        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-1", json => json["spec"]!["unschedulable"] = true);
        cluster.Taint("node-2", "dedicated", Taint.NoSchedule);
        AddDaemon(cluster);

        await cluster.UntilAsync(() => Daemon(cluster)["status"].Number("numberReady") == 2, "two ready");

        Pods(cluster).Select(pod => pod.NodeName).Should().BeEquivalentTo("node-1", "node-3");
        Daemon(cluster)["status"].Number("desiredNumberScheduled").Should().Be(2);
    }

    [Fact]
    public async Task A_daemon_stays_on_a_node_that_dies_and_comes_with_a_new_one()
    {
        using var cluster = new ClusterFixture(nodes: 2);
        AddDaemon(cluster);
        await cluster.UntilAsync(() => Daemon(cluster)["status"].Number("numberReady") == 2, "two ready");

        cluster.Host("node-1").CutOff();
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(8));
        Pods(cluster).Should().HaveCount(2).And.NotContain(pod => pod.IsDeleting);
        cluster.Plane.Kubelets.Add(new VmNodeOps.Testing.Hosts.NodeShape { Name = "node-9" });

        await cluster.UntilAsync(() => Pods(cluster).Any(pod => pod.NodeName == "node-9" && pod.IsReady), "on the new node");
    }

    [Fact]
    public async Task A_budget_is_reckoned_a_little_later_and_allows_what_it_says()
    {
        using var cluster = new ClusterFixture(options: new ControlPlaneOptions { Disruption = new DisruptionOptions { Lag = TimeSpan.FromSeconds(2) } });
        AddDeployment(cluster, 3);
        await cluster.UntilAsync(() => Pods(cluster).Count(pod => pod.IsReady) == 3, "three");

        var evict = () => cluster.Api.Evict("default", Pods(cluster).First(pod => pod.IsActive()).Name);
        AddBudget(cluster, """{"minAvailable":2,"selector":{"matchLabels":{"app":"web"}}}""");
        evict.Should().Throw<ApiErrorException>().Which.RetryAfterSeconds.Should().Be(10);
        await cluster.UntilAsync(() => Budget(cluster)["status"].Number("disruptionsAllowed") == 1, "reckoned");

        var status = Budget(cluster)["status"]!;
        status.Number("currentHealthy").Should().Be(3);
        status.Number("desiredHealthy").Should().Be(2);
        status.Number("expectedPods").Should().Be(3);
        status.Number("observedGeneration").Should().Be(1);
        Conditions.Find(status, "DisruptionAllowed").Text("reason").Should().Be("SufficientPods");

        var before = Pods(cluster).Select(pod => pod.Uid).ToHashSet();
        evict();
        evict.Should().Throw<ApiErrorException>().Which.Code.Should().Be(429);
        await cluster.UntilAsync(() => Pods(cluster).Count(pod => pod.IsReady && !before.Contains(pod.Uid)) == 1, "replaced");
        await cluster.UntilAsync(() => Budget(cluster)["status"].Number("disruptionsAllowed") == 1, "allowed again");
    }

    [Theory]
    [InlineData("""{"maxUnavailable":1,"selector":{"matchLabels":{"app":"web"}}}""", 2, 1)]
    [InlineData("""{"maxUnavailable":"50%","selector":{"matchLabels":{"app":"web"}}}""", 1, 2)]
    [InlineData("""{"minAvailable":"50%","selector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}""", 2, 1)]
    [InlineData("""{"minAvailable":3,"selector":{}}""", 3, 0)]
    public async Task Shares_are_reckoned_from_the_scale(string spec, int desired, int allowed)
    {
        using var cluster = new ClusterFixture();
        AddDeployment(cluster, 3);
        await cluster.UntilAsync(() => Pods(cluster).Count(pod => pod.IsReady) == 3, "three");

        AddBudget(cluster, spec);
        await cluster.UntilAsync(() => Budget(cluster)["status"].Number("currentHealthy") == 3, "reckoned");

        Budget(cluster)["status"].Number("desiredHealthy").Should().Be(desired);
        Budget(cluster)["status"].Number("disruptionsAllowed").Should().Be(allowed);
    }

    [Fact]
    public async Task A_budget_over_pods_without_a_scale_fails_to_sync()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPod("pod-a", pod => pod["metadata"]!["labels"] = new JsonObject { ["app"] = "web" });
        await cluster.RunningAsync("pod-a");

        AddBudget(cluster, """{"maxUnavailable":1,"selector":{"matchLabels":{"app":"web"}}}""");
        await cluster.UntilAsync(() => Conditions.Find(Budget(cluster)["status"], "DisruptionAllowed") is not null, "judged");

        Conditions.Find(Budget(cluster)["status"], "DisruptionAllowed").Text("reason").Should().Be("SyncFailed");
        var evict = () => cluster.Api.Evict("default", "pod-a");
        evict.Should().Throw<ApiErrorException>().Which.Code.Should().Be(429);
    }

    private static void AddDeployment(ClusterFixture cluster, int replicas) => cluster.Api.Create(ResourceTypes.Deployments, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = JsonNode.Parse("""{"matchLabels":{"app":"web"}}"""),
            ["template"] = JsonNode.Parse(Template),
        },
    });

    private static void AddDaemon(ClusterFixture cluster) => cluster.Api.Create(ResourceTypes.DaemonSets, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["selector"] = JsonNode.Parse("""{"matchLabels":{"app":"web"}}"""),
            ["template"] = JsonNode.Parse(Template),
        },
    });

    private static void AddBudget(ClusterFixture cluster, string spec) => cluster.Api.Create(ResourceTypes.PodDisruptionBudgets, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "budget", ["namespace"] = "default" },
        ["spec"] = JsonNode.Parse(spec),
    });

    private static void Scale(ClusterFixture cluster, int replicas) =>
        cluster.Api.Modify(ResourceTypes.Deployments, "default", "web", json => json["spec"]!["replicas"] = replicas);

    private static JsonObject Deployment(ClusterFixture cluster) => cluster.Api.Get(ResourceTypes.Deployments, "default", "web")!.Json;

    private static JsonObject Daemon(ClusterFixture cluster) => cluster.Api.Get(ResourceTypes.DaemonSets, "default", "web")!.Json;

    private static JsonObject Budget(ClusterFixture cluster) => cluster.Api.Get(ResourceTypes.PodDisruptionBudgets, "default", "budget")!.Json;

    private static IReadOnlyList<StoredObject> Pods(ClusterFixture cluster) => cluster.Api.List(ResourceTypes.Pods, "default");
}
