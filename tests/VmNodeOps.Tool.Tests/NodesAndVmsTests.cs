using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

public sealed class NodesAndVmsTests
{
    [Fact]
    public async Task Nodes_are_listed_with_their_state_and_their_machines()
    {
        await using var cluster = await MixedAsync();
        cluster.Simulated.SetUnschedulable("worker-2");
        await cluster.CrashAsync("worker-3");

        var run = await cluster.RunAsync("nodes");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Be("""
            NAME       STATUS           ROLE     VMS   KUBELET
            worker-1   Ready            worker   3     v1.28.8
            worker-2   Ready,cordoned   worker   0     v1.28.8
            worker-3   Unknown          worker   0     v1.28.8

            """);
        run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Nodes_as_JSON_carry_a_schema_version()
    {
        await using var cluster = await MixedAsync();

        var run = await cluster.RunAsync("nodes", "--output", "json");

        using var document = JsonDocument.Parse(run.Out);
        document.RootElement.GetProperty("schemaVersion").GetInt32().Should().Be(1);
        document.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(node => (node.GetProperty("name").GetString(), node.GetProperty("virtualMachines").GetInt32()))
            .Should().Equal(("worker-1", 3), ("worker-2", 0), ("worker-3", 0));
    }

    [Fact]
    public async Task Each_machine_of_a_node_is_listed_with_its_fate()
    {
        await using var cluster = await MixedAsync();

        var run = await cluster.RunAsync("vms", "worker-1");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Be("""
            NAMESPACE   NAME    PHASE     READY   EVICTION      RUN      WHEN DRAINED                    WHEN THE NODE IS LOST
            prod        db      Running   yes     None          Always   restarts elsewhere              restarts elsewhere
            prod        stuck   Running   yes     LiveMigrate   Always   BLOCKS (must migrate, cannot)   restarts elsewhere
            prod        web     Running   yes     LiveMigrate   Manual   migrates live                   STAYS DOWN

            """);
    }

    [Fact]
    public async Task Machines_as_JSON_have_their_fates_as_words()
    {
        await using var cluster = await MixedAsync();

        var run = await cluster.RunAsync("vms", "worker-1", "-o", "json");

        using var document = JsonDocument.Parse(run.Out);
        document.RootElement.GetProperty("virtualMachines").EnumerateArray()
            .Select(machine => (machine.GetProperty("name").GetString(), machine.GetProperty("whenDrained").GetString(), machine.GetProperty("whenNodeIsLost").GetString()))
            .Should().Equal(("db", "RestartsElsewhere", "RestartsElsewhere"), ("stuck", "Blocks", "RestartsElsewhere"), ("web", "Migrates", "StaysDown"));
    }

    [Fact]
    public async Task A_node_without_machines_says_so_beside_the_data()
    {
        await using var cluster = await MixedAsync();

        var run = await cluster.RunAsync("vms", "worker-2");

        run.Should().Be(new ToolRun { ExitCode = ExitCode.Done, Out = "", Error = "No virtual machine is on node worker-2.\n" });
    }

    private static Task<ToolCluster> MixedAsync() => ToolCluster.StartAsync(builder => builder
        .WithVirtualMachine("db", machine => machine.In("prod").On("worker-1"))
        .WithVirtualMachine("stuck", machine => machine.In("prod").On("worker-1").LiveMigrate().NotMigratable())
        .WithVirtualMachine("web", machine => machine.In("prod").On("worker-1").LiveMigrate().Run(SimulatedRunStrategy.Manual)));
}
