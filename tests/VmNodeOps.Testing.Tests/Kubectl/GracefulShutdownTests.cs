using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;

namespace VmNodeOps.Testing.Tests.Kubectl;

public sealed class GracefulShutdownTests
{
    [KubectlTheory]
    [MemberData(nameof(EveryKubectl), MemberType = typeof(KubectlScene))]
    public async Task The_procedure_moves_the_machines_with_any_kubectl(string kubectl)
    {
        await using var scene = await StartAsync(kubectl, cluster => cluster
            .WithVirtualMachine("vm-t-export-clone", machine => machine.In("test-test").On(Node))
            .WithVirtualMachine("neighbour", machine => machine.In("test-test").On(AlikeNode)));

        var nodes = await scene.RunAsync(SeedCommands.GetNodes);
        nodes.Error.Should().BeEmpty();
        nodes.Lines[0].Should().MatchRegex(@"^NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION$");
        nodes.Lines.Should().ContainSingle(line => line.StartsWith("1.1.1.211 ")).Which.Should().MatchRegex(@"^1\.1\.1\.211\s+Ready\s+\S+\s+\S+\s+v1\.28\.8$");

        var instances = await scene.RunAsync(SeedCommands.GetInstances);
        instances.Lines.Should().ContainSingle().Which.Should()
            .MatchRegex(@"^test-test\s+vm-t-export-clone\s+\S+\s+Running\s+(\S+\s+)?1\.1\.1\.211\s+True\s+(True|False)\s*$");

        var drain = await scene.RunAsync(SeedCommands.Drain);
        drain.ExitCode.Should().Be(0, drain.Error);
        var pod = drain.Lines.Single(line => line.StartsWith("evicting pod")).Split('/')[1];
        pod.Should().StartWith("virt-launcher-vm-t-export-clone-");
        drain.Lines.SkipLast(1).Should().Equal("node/1.1.1.211 cordoned", $"evicting pod test-test/{pod}", $"pod/{pod} evicted");
        drain.Lines[^1].Should().BeOneOf(["node/1.1.1.211 drained", "node/1.1.1.211 evicted"], "kubectl 1.20 has the other word");
        if (scene.Kubectl.Minor <= 30)
        {
            drain.Error.Should().StartWith("Flag --delete-local-data has been deprecated");
        }

        await scene.Cluster.UntilAsync(() => scene.NodeOf("vm-t-export-clone", "test-test") is AlikeNode or OtherNode, "the machine runs elsewhere");
        scene.NodeOf("neighbour", "test-test").Should().Be(AlikeNode);
        (await scene.RunAsync(SeedCommands.GetNodes)).Output.Should().MatchRegex(@"1\.1\.1\.211\s+Ready,SchedulingDisabled");

        var uncordon = await scene.RunAsync(SeedCommands.Uncordon);
        uncordon.Output.Should().Be("node/1.1.1.211 uncordoned\n");
        scene.Cluster.Objects.Text("nodes", Node, "spec.unschedulable").Should().BeNull();
    }

    [KubectlFact]
    public async Task A_refused_eviction_is_tried_again_until_the_machine_has_migrated()
    {
        await using var scene = await StartAsync(KubectlBinary.Newest.ToString(), cluster => cluster
            .WithVirtualMachine("migrating", machine => machine.On(Node).LiveMigrate()));

        var drain = await scene.RunAsync(SeedCommands.Drain);

        drain.ExitCode.Should().Be(0, drain.Error);
        drain.Error.Should().Contain("Eviction triggered evacuation of VMI \"default/migrating\"").And.Contain("will retry after 5s");
        scene.NodeOf("migrating", "default").Should().NotBeNull().And.NotBe(Node);
    }

    [KubectlFact]
    public async Task Cordon_is_done_once_and_an_unknown_node_is_named()
    {
        await using var scene = await StartAsync(KubectlBinary.Newest.ToString(), cluster => cluster);

        (await scene.RunAsync("kubectl cordon <Node-Name>")).Output.Should().Be("node/1.1.1.211 cordoned\n");
        (await scene.RunAsync("kubectl cordon <Node-Name>")).Output.Should().Be("node/1.1.1.211 already cordoned\n");
        var unknown = await scene.RunAsync(SeedCommands.Drain, "nope");
        unknown.ExitCode.Should().Be(1);
        unknown.Error.Should().Contain("Error from server (NotFound): nodes \"nope\" not found");
    }
}
