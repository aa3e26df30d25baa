using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>The five steps of the recovery by hand, one test each: what the manual's command does to a node of that name, and what ours does instead. docs/recovery.md sets them side by side.</summary>
public sealed class StepsOfTheManualTests
{
    private const string Node = "1.1.1.21";
    private const string Namesake = "1.1.1.211";

    [Fact]
    public async Task Step_1_which_node_it_is_we_compare_whole_names_and_refuse_one_that_lives()
    {
        await using var scene = await CrashedAsync();

        var namesake = await scene.Runner.RunAsync(Crashes.RecoveryOf(Namesake));

        namesake.ShouldHave(MaintenanceResult.Refused);
        namesake.Summary.Should().Contain($"{Namesake} is Ready");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Step_2_forcibly_delete_all_launchers_we_delete_those_of_this_node_by_uid_and_on_proof()
    {
        await using var scene = await CrashedAsync();

        (await scene.Runner.RunAsync(Crashes.RecoveryOf(Node))).ShouldHave(MaintenanceResult.Succeeded);

        var deleted = scene.OurWrites().Where(write => write is { Verb: "delete", Resource: "pods", Namespace: "default" }).ToList();
        deleted.Should().HaveCount(2).And.OnlyContain(write => write.Body.Contains("\"uid\"", StringComparison.Ordinal) && write.Body.Contains("\"gracePeriodSeconds\":0", StringComparison.Ordinal));
        scene.LaunchersOn(Node).Should().BeEmpty();
        scene.LaunchersOn(Namesake).Should().ContainSingle("grep would have found it too");
        scene.Cluster.Guests.Of("neighbour").Should().ContainSingle().Which.Node.Should().Be(Namesake);
    }

    [Fact]
    public async Task Step_3_delete_the_volume_attachments_we_delete_those_that_nobody_on_the_node_uses_and_wait_until_they_are_gone()
    {
        await using var scene = await CrashedAsync();
        var ofNamesake = scene.Attachments(Namesake);
        scene.Attachments(Node).Should().HaveCount(2);

        (await scene.Runner.RunAsync(Crashes.RecoveryOf(Node))).ShouldHave(MaintenanceResult.Succeeded);

        scene.Attachments(Node).Should().BeEmpty();
        scene.Attachments(Namesake).Should().Contain(ofNamesake);
        var writes = scene.OurWrites();
        writes.First(write => write.Resource == "volumeattachments").Number.Should().BeGreaterThan(
            writes.Last(write => write is { Resource: "pods", Namespace: "default" }).Number, "before the pods are gone Kubernetes would attach again");
    }

    [Theory]
    [InlineData("virt-api", "Step 4")]
    [InlineData("virt-controller", "Step 5")]
    public async Task Steps_4_and_5_delete_the_pods_of_KubeVirt_we_delete_the_dead_ones_first_and_leave_those_that_serve(string component, string step)
    {
        await using var scene = await CrashedAsync(kubeVirt: [Node, "worker-3"]);
        var dead = Replicas(scene, component, Node);
        var serving = Replicas(scene, component, "worker-3");
        dead.Should().NotBeEmpty(step);

        (await scene.Runner.RunAsync(Crashes.RecoveryOf(Node))).ShouldHave(MaintenanceResult.Succeeded);

        scene.Cluster.Objects.Names("pods", ns: "kubevirt").Should().NotContain(dead).And.Contain(serving, "the manual deletes them all");
        var writes = scene.OurWrites();
        writes.Last(write => write is { Resource: "pods", Namespace: "kubevirt" }).Number.Should().BeLessThan(
            writes.First(write => write is { Resource: "pods", Namespace: "default" }).Number, "nothing is destroyed before KubeVirt can act on it");
    }

    private static IReadOnlyList<string> Replicas(Scene scene, string component, string node) => scene.Cluster.Objects.Names(
        "pods", pod => (string?)pod["spec"]!["nodeName"] == node && (string?)pod["metadata"]!["labels"]?["kubevirt.io"] == component, "kubevirt");

    private static async Task<Scene> CrashedAsync(IReadOnlyList<string>? kubeVirt = null)
    {
        var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = kubeVirt ?? [] })
            .WithNodes(Node, Namesake, "worker-3", "worker-4", "worker-5", "worker-6")
            .WithVirtualMachine("db", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("web", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("neighbour", vm => vm.On(Namesake).WithDisk()));
        await scene.CrashAsync(Node);
        return scene;
    }
}
