using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;

namespace VmNodeOps.Testing.Tests.Kubectl;

public sealed class CrashRecoveryTests
{
    [KubectlTheory]
    [MemberData(nameof(EveryKubectl), MemberType = typeof(KubectlScene))]
    public async Task The_procedure_brings_the_machines_back_with_any_kubectl(string kubectl)
    {
        await using var scene = await StartAsync(kubectl, cluster => cluster
            .WithVirtualMachine("with-disk", machine => machine.In("test-test").On(Node).WithDisk())
            .WithVirtualMachine("neighbour", machine => machine.In("test-test").On(OtherNode).WithDisk()));
        scene.Cluster.CrashNode(Node);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Condition("nodes", Node, "Ready") == "Unknown", "the node is found dead");

        (await scene.RunAsync(SeedCommands.GetNodes)).Output.Should().MatchRegex(@"1\.1\.1\.211\s+NotReady ");
        var pods = await scene.RunAsync(SeedCommands.ForceDeletePods);
        pods.Output.Should().MatchRegex(@"pod ""virt-launcher-with-disk-\w+"" force deleted");
        var attachments = await scene.RunAsync(SeedCommands.DeleteAttachments);
        attachments.Output.Should().MatchRegex(@"^volumeattachment\.storage\.k8s\.io ""[\w-]+"" deleted");
        await DeleteComponentsAsync(scene);

        await scene.Cluster.UntilAsync(() => scene.NodeOf("with-disk", "test-test") is AlikeNode or OtherNode, "the machine runs elsewhere", TimeSpan.FromMinutes(15));
        scene.NodeOf("neighbour", "test-test").Should().Be(OtherNode);
        (await scene.Shell.RunAsync("kubectl get volumeattachments.storage.k8s.io")).Output.Should().NotContain($" {Node} ");
    }

    [KubectlFact]
    public async Task The_procedures_grep_takes_a_node_whose_name_begins_alike_down_with_the_crashed_one()
    {
        await using var scene = await StartAsync(KubectlBinary.Newest.ToString(), cluster => cluster
            .WithVirtualMachine("crashed", machine => machine.On(AlikeNode))
            .WithVirtualMachine("healthy", machine => machine.On(Node))
            .WithVirtualMachine("spared", machine => machine.On(OtherNode)));
        var uid = scene.Cluster.Objects.Text("virtualmachineinstances", "healthy", "metadata.uid");
        scene.Cluster.CrashNode(AlikeNode);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Condition("nodes", AlikeNode, "Ready") == "Unknown", "the node is found dead");

        // Meant for the crashed 1.1.1.21, but 1.1.1.211 contains its name.
        var pods = await scene.RunAsync(SeedCommands.ForceDeletePods, AlikeNode);

        pods.Output.Should().Contain("\"virt-launcher-crashed-").And.Contain("\"virt-launcher-healthy-").And.NotContain("spared");
        await scene.Cluster.UntilAsync(
            () => scene.NodeOf("healthy", "default") is not null && scene.Cluster.Objects.Text("virtualmachineinstances", "healthy", "metadata.uid") != uid,
            "the healthy machine was started anew");
    }

    private static async Task DeleteComponentsAsync(KubectlScene scene)
    {
        foreach (var (find, delete) in new[]
                 {
                     (SeedCommands.FindVirtApi, SeedCommands.DeleteVirtApi),
                     (SeedCommands.FindVirtController, SeedCommands.DeleteVirtController),
                 })
        {
            if ((await scene.RunAsync(find)).Lines.Count > 0)
            {
                (await scene.RunAsync(delete)).Output.Should().Contain("force deleted");
            }
        }
    }
}
