using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;

namespace VmNodeOps.Testing.Tests.Kubectl;

public sealed class OtherCommandsTests
{
    [KubectlTheory]
    [MemberData(nameof(OldestAndNewestKubectl), MemberType = typeof(KubectlScene))]
    public async Task Objects_are_created_applied_listed_and_deleted(string kubectl)
    {
        await using var scene = await StartAsync(kubectl, cluster => cluster.WithWorkload("web", web => web with { Replicas = 2 }));
        // Up to 1.28 kubectl checks fields by OpenAPI v2 alone, which the simulated server does not have.
        var validation = scene.Kubectl.Minor <= 28 ? " --validate=false" : "";

        await ExpectAsync(scene, "kubectl version", "v1.28.8");
        await ExpectAsync(scene, Piped("a", "1", $"kubectl create{validation} -f -"), "configmap/a created");
        await ExpectAsync(scene, Piped("b", "1", $"kubectl apply{validation} -f -"), "configmap/b created");
        await ExpectAsync(scene, Piped("b", "2", $"kubectl apply{validation} -f -"), "configmap/b configured");
        await ExpectAsync(scene, "kubectl get configmap b -o jsonpath='{.data.key}'", "2");
        await ExpectAsync(scene, "kubectl get deploy,ds,pdb -A", "deployment.apps/web");
        await ExpectAsync(scene, "kubectl get vm,vmi,vmim,kubevirts -A", "kubevirt.kubevirt.io/kubevirt");
        await ExpectAsync(scene, "kubectl api-resources --api-group=kubevirt.io", "VirtualMachineInstance");
        await ExpectAsync(scene, "kubectl label node 1.1.1.211 a=b", "node/1.1.1.211 labeled");
        await ExpectAsync(scene, "kubectl taint node 1.1.1.211 a=b:NoSchedule", "node/1.1.1.211 tainted");
        await ExpectAsync(scene, "kubectl describe node 1.1.1.211", "a=b:NoSchedule");
        await ExpectAsync(scene, "kubectl auth can-i create pods --subresource=eviction", "yes");
        await ExpectAsync(scene, "kubectl wait --for=condition=Ready node/1.1.1.211 --timeout=10s", "node/1.1.1.211 condition met");
        await ExpectAsync(scene, "kubectl delete configmap a b", "configmap \"a\" deleted");
        scene.Cluster.Objects.Get("configmaps", "a").Should().BeNull();
    }

    [KubectlTheory]
    [MemberData(nameof(OldestAndNewestKubectl), MemberType = typeof(KubectlScene))]
    public async Task Without_virt_api_machines_can_still_be_looked_at(string kubectl)
    {
        await using var scene = await StartAsync(kubectl, cluster => cluster.WithVirtualMachine("vm"));
        scene.Cluster.StopVirtApi();

        var machines = await scene.Shell.RunAsync("kubectl get vmis -A");
        var pods = await scene.Shell.RunAsync("kubectl get po -A -l kubevirt.io=virt-launcher -o wide");

        (machines.ExitCode, pods.ExitCode).Should().Be((0, 0), machines.Error + pods.Error);
        machines.Output.Should().Contain("vm ");
        pods.Output.Should().Contain("virt-launcher-vm-");
    }

    [KubectlFact]
    public async Task A_watch_shows_a_cordon_as_it_happens()
    {
        await using var scene = await StartAsync(KubectlBinary.Newest.ToString(), cluster => cluster);
        var watching = scene.RunAsync("kubectl get node <Node-Name> -w | head -n 3");
        await scene.Cluster.UntilAsync(() => scene.Cluster.Machinery.OpenWatches > 0, "kubectl watches", TimeSpan.FromMinutes(20));

        scene.Cluster.SetUnschedulable(Node);
        for (var change = 0; !watching.IsCompleted; change++)
        {
            // kubectl sees that nobody reads on only when it writes once more.
            await scene.Time.AdvanceAsync(TimeSpan.FromSeconds(3));
            scene.Cluster.SetUnschedulable(Node, change % 2 == 1);
        }

        var lines = (await watching).Lines;
        lines.Should().HaveCount(3);
        lines[1].Should().MatchRegex(@"^1\.1\.1\.211\s+Ready\s");
        lines[2].Should().MatchRegex(@"^1\.1\.1\.211\s+Ready,SchedulingDisabled\s");
    }

    private static string Piped(string name, string value, string command) =>
        $$$"""echo '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}"},"data":{"key":"{{{value}}}"}}' | {{{command}}}""";

    private static async Task ExpectAsync(KubectlScene scene, string command, string expected)
    {
        var result = await scene.Shell.RunAsync(command);

        result.Output.Should().Contain(expected, $"{command} said {result.Error}");
        result.ExitCode.Should().Be(0, $"{command} said {result.Error}");
    }
}
