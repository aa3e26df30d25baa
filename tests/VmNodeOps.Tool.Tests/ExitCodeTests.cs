using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Tool.Tests;

/// <summary>Every exit code of the tool, as the shell gets it: by a process that does something to a cluster over HTTPS.</summary>
public sealed class ExitCodeTests
{
    private const double Fast = 20;
    private static readonly string[] Drain = ["drain", "worker-1", "--yes"];

    [Fact]
    public async Task Done_is_0()
    {
        await using var cluster = await ProcessCluster.StartAsync(Moving, Fast);

        var run = await cluster.RunAsync(Drain);

        Ended(run, 0).Out.Should().StartWith("Succeeded: ");
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task Failed_is_1()
    {
        await using var cluster = await ProcessCluster.StartAsync(Moving, Fast);
        using var rule = cluster.Simulated.Faults.Add(new FaultRule { Resource = "nodes", Verb = "patch", Effect = FaultEffect.Status(422, "Invalid", "no node may be cordoned today") });

        var run = await cluster.RunAsync(Drain);

        Ended(run, 1).Out.Should().StartWith("Failed: ").And.Contain("no node may be cordoned today");
        cluster.Simulated.Guests.On("worker-1").Should().ContainSingle();
    }

    [Fact]
    public async Task Usage_is_2()
    {
        await using var cluster = await ProcessCluster.StartAsync(Moving, Fast);

        var unknownWord = await cluster.RunAsync("drian", "worker-1");
        var unknownNode = await cluster.RunAsync("drain", "worker-7", "--yes");
        var nobodyToAsk = await cluster.RunAsync("drain", "worker-1");

        Ended(unknownWord, 2).Error.Should().StartWith("'drian' is none of vmnodeops' commands");
        Ended(unknownNode, 2).Error.Should().StartWith("There is no node 'worker-7'");
        Ended(nobodyToAsk, 2).Error.Should().Contain("Give --yes");
    }

    [Fact]
    public async Task Blocked_or_refused_is_3()
    {
        await using var cluster = await ProcessCluster.StartAsync(builder => builder.WithVirtualMachine("stuck", machine => machine.On("worker-1").LiveMigrate().NotMigratable()), Fast);

        var refused = await cluster.RunAsync(Drain);
        var blocked = await cluster.RunAsync([.. Drain, "--on-fate", "blocks=proceed"]);
        var plan = await cluster.RunAsync("plan", "drain", "worker-1");

        Ended(refused, 3).Out.Should().StartWith("Refused: ").And.Contain("default/stuck");
        Ended(blocked, 3).Out.Should().StartWith("Blocked: ").And.Contain("default/stuck");
        Ended(plan, 3).Out.Should().Contain("REFUSED");
        cluster.Simulated.Guests.On("worker-1").Should().ContainSingle();
    }

    [Fact]
    public async Task Timed_out_is_4()
    {
        await using var cluster = await ProcessCluster.StartAsync(NeverArriving);

        var run = await cluster.RunAsync([.. Drain, "--timeout", "4s"]);

        Ended(run, 4).Out.Should().StartWith("TimedOut: ").And.Contain("default/slow");
    }

    [Fact]
    public async Task Not_permitted_is_5()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            builder => Moving(builder).WithUser("reader", new SimulatedRule("*", ["*"], ["get", "list", "watch"])), Fast);
        cluster.ActAs(cluster.Simulated.KubeconfigFor("nobody"));
        var nothing = await cluster.RunAsync("nodes");
        cluster.ActAs(cluster.Simulated.KubeconfigFor("reader"));
        var reading = await cluster.RunAsync("nodes");
        var drain = await cluster.RunAsync(Drain);

        Ended(nothing, 5).Error.Should().Contain("nobody").And.Contain("nodes");
        Ended(reading, 0);
        Ended(drain, 5).Out.Should().StartWith("Refused: ").And.Contain("create pods/eviction");
        cluster.Simulated.Guests.On("worker-1").Should().ContainSingle();
    }

    [Theory]
    [InlineData("drain", "worker-1", "--yes")]
    [InlineData("return", "worker-1")]
    [InlineData("drain", "worker-1", "worker-2", "--yes")]
    public async Task Held_by_another_actor_is_6(params string[] command)
    {
        await using var cluster = await ProcessCluster.StartAsync(Moving, Fast);
        Hold(cluster.Simulated, "worker-1", "node-maintenance-operator");
        Hold(cluster.Simulated, "worker-2", "node-maintenance-operator");

        var run = await cluster.RunAsync(command);

        Ended(run, 6).Out.Should().StartWith("HeldByAnother: ").And.Contain("node-maintenance-operator");
        cluster.Simulated.Objects.Get("nodes", "worker-1", ns: null)!["spec"]!["unschedulable"].Should().BeNull();
        cluster.Simulated.Objects.Text("leases", "node-worker-1", "spec.holderIdentity", "medik8s-leases").Should().Be("node-maintenance-operator");
    }

    [Fact]
    public async Task Done_in_part_is_7()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            builder => Moving(builder).WithNodes("worker-3").WithVirtualMachine("bare", machine => machine.On("worker-2").Standalone()), Fast);

        var run = await cluster.RunAsync("drain", "worker-1", "worker-2", "--yes", "--keep-going");

        Ended(run, 7).Out.Should().StartWith("Refused: 1 of 2 nodes done. Refused: worker-2.");
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
        cluster.Simulated.Guests.On("worker-2").Should().Contain(guest => guest.Name == "bare");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Cancelled_is_130(string signal)
    {
        await using var cluster = await ProcessCluster.StartAsync(NeverArriving);
        using var tool = cluster.Start(Drain);
        await tool.StandardError.ReadUntilAsync("Migrating to worker-2");

        await tool.SignalAsync(signal);
        var run = await tool.EndAsync();

        Ended(run, 130).Out.Should().StartWith("Cancelled: ").And.Contain("default/slow");
        run.Error.Should().Contain("Stopping in good order").And.Contain("To take the node back: vmnodeops return worker-1.");
    }

    [Fact]
    public async Task All_of_them_are_told_by_the_help()
    {
        var run = await ChildProcess.RunAsync("--help");

        Ended(run, 0);
        Enum.GetValues<ExitCode>().Should().OnlyContain(code => run.Out.Contains($"\n  {(int)code,-3} "), run.Out);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("recover")]
    [InlineData("plan", "recover")]
    [InlineData("return")]
    public async Task The_help_of_a_command_asks_no_cluster(params string[] command)
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder);

        var run = await cluster.RunAsync([.. command, "--help"]);

        Ended(run, 0).Out.Should().Contain("<NODE>");
        cluster.Simulated.Requests.Where(static _ => true).Should().BeEmpty();
    }

    private static ToolRun Ended(ToolRun run, int exitCode)
    {
        ((int)run.ExitCode).Should().Be(exitCode, run.Out + run.Error);
        (run.Out + run.Error).Should().NotContain("   at ", "nobody is shown a stack trace");
        return run;
    }

    private static void Hold(SimulatedCluster cluster, string node, string holder)
    {
        if (cluster.Objects.Get("namespaces", "medik8s-leases", ns: null) is null)
        {
            cluster.Objects.Create(JsonNode.Parse("""{ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "medik8s-leases" } }""")!.AsObject());
        }

        var now = cluster.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        cluster.Objects.Create(JsonNode.Parse($$"""
            {
              "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
              "metadata": { "name": "node-{{node}}", "namespace": "medik8s-leases" },
              "spec": { "holderIdentity": "{{holder}}", "leaseDurationSeconds": 36000, "acquireTime": "{{now}}", "renewTime": "{{now}}" }
            }
            """)!.AsObject());
    }

    private static SimulatedClusterBuilder Moving(SimulatedClusterBuilder builder) =>
        builder.WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true));

    private static SimulatedClusterBuilder NeverArriving(SimulatedClusterBuilder builder) => builder.WithVirtualMachine(
        "slow", machine => machine.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(1) }));
}
