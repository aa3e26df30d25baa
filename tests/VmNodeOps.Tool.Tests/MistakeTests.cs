using System.Net;
using System.Net.Sockets;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>What goes wrong before or beside a run: each is one message without a stack trace, and the exit code that fits.</summary>
public sealed class MistakeTests
{
    [Theory]
    [InlineData("", "Required command was not provided.")]
    [InlineData("frobnicate", "'frobnicate' is none of vmnodeops' commands")]
    [InlineData("drain", "name at least one NODE, or choose nodes by --selector")]
    [InlineData("drain worker-1 --selector rack=7", "not both")]
    [InlineData("plan drain", "name at least one NODE")]
    [InlineData("drain worker-1 --pod-selector =x --yes", "'=x' is no label selector")]
    [InlineData("drain worker-1 --grace-period 0 --yes", "vmnodeops recover")]
    [InlineData("drain worker-1 --grace-period soon --yes", "'soon' is not a time for --grace-period")]
    [InlineData("drain worker-1 --max-nodes-at-once 0 --yes", "--max-nodes-at-once takes a number from 1 on")]
    [InlineData("nodes --chunk-size 0", "'0' is not a number for --chunk-size")]
    [InlineData("drain Worker_1 --yes", "'Worker_1' is not the name of a node")]
    [InlineData("drain .. --yes", "'..' is not the name of a node")]
    [InlineData("nodes --output yaml", "'yaml' is not a form of --output: write text, json or jsonl")]
    [InlineData("nodes --timeout 3parsecs", "'3parsecs' is not a time for --timeout")]
    [InlineData("nodes --timeout 0s", "'0s' is not a time for --timeout")]
    [InlineData("nodes --timeout 5000h", "at most 24 days")]
    [InlineData("recover worker-1", "Give --confirmed-by WHO and --reason WHY, or let --fence-agent PROGRAM switch it off.")]
    [InlineData("recover worker-1 --confirmed-by me", "--confirmed-by needs --reason")]
    [InlineData("recover worker-1 --reason because", "--reason needs --confirmed-by")]
    [InlineData("recover worker-1 --fence-agent reboot", "'reboot' is not a fence agent")]
    [InlineData("recover worker-1 --confirmed-by me --reason because --fence-option ip=10.0.0.7", "--fence-option says something about a fence agent")]
    [InlineData("recover worker-1 --fence-agent fence_redfish --fence-option ip", "--fence-option is written NAME=VALUE.")]
    [InlineData("recover worker-1 --fence-agent fence_redfish --fence-option ip=1 --fence-option ip=2", "--fence-option gives 'ip' twice.")]
    [InlineData("recover worker-1 worker-2 --fence-agent fence_redfish --fence-option ip=1", "--fence-agent goes with one NODE")]
    [InlineData("recover worker-1 --confirmed-by me --reason because --max-nodes-at-once 0", "--max-nodes-at-once takes a number from 1 on")]
    [InlineData("recover worker-1 --confirmed-by me --reason because --yes --first =x", "'=x' is no label selector")]
    [InlineData("plan sideways worker-1", "'sideways' is none of vmnodeops' commands")]
    [InlineData("simulate --nodes 0 --kubeconfig-out x", "--nodes takes a number from 1 to 200")]
    [InlineData("simulate", "'--kubeconfig-out' is required")]
    [InlineData("simulate --kubeconfig-out x --context y", "--context means nothing to simulate")]
    [InlineData("simulate --kubeconfig-out /no/such/folder/x", "There is no folder /no/such/folder")]
    [InlineData("nodes --kubeconfig /no/such/file", "There is no kubeconfig at /no/such/file")]
    public async Task A_command_line_that_cannot_be_meant_ends_with_2(string commandLine, string message)
    {
        var run = await ToolRun.OfAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(message).And.NotContain("   at ");
        run.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_reason_is_none()
    {
        var run = await ToolRun.OfAsync("recover", "worker-1", "--confirmed-by", "me", "--reason", " ");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain("--reason must not be empty");
    }

    [Theory]
    [InlineData("vms worker-9")]
    [InlineData("plan drain worker-9")]
    [InlineData("drain worker-9 --yes")]
    [InlineData("return worker-9")]
    [InlineData("recover worker-9 --yes --confirmed-by me --reason because")]
    public async Task An_unknown_node_ends_with_2(string commandLine)
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder);

        var run = await cluster.RunAsync(commandLine.Split(' '));

        run.Should().Be(new ToolRun
        {
            ExitCode = ExitCode.Usage,
            Out = "",
            Error = "There is no node 'worker-9' in this cluster. Check the name (kubectl get nodes) and that the context is the right one.\n",
        });
    }

    [Fact]
    public async Task A_wrong_context_ends_with_2_and_the_contexts_there_are()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder);

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", "--context", "production");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Match("There is no context \"production\" in the kubeconfig*It has the contexts \"simulated\". Choose one of them, or add it.\n");
    }

    [Fact]
    public async Task Missing_rights_end_with_5_and_the_right_that_is_missing()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder
            .WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate())
            .WithUser("reader", new SimulatedRule("", ["nodes", "pods"], ["get", "list", "watch"]), new SimulatedRule("kubevirt.io", ["*"], ["get", "list", "watch"])));

        cluster.ActAs(cluster.Simulated.KubeconfigFor("nobody"));
        var nothing = await cluster.RunAsync("nodes");
        cluster.ActAs(cluster.Simulated.KubeconfigFor("reader"));
        var noWrites = await cluster.RunAsync("drain", "worker-1", "--yes");

        nothing.ExitCode.Should().Be(ExitCode.NotPermitted);
        nothing.Error.Should().Contain("nobody").And.Contain("nodes").And.NotContain("   at ");
        noWrites.ExitCode.Should().Be(ExitCode.NotPermitted);
        noWrites.Error.Should().Contain("reader").And.Contain("configmaps").And.NotContain("   at ");
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_caller_ends_with_5()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder);
        var lines = cluster.Simulated.Kubeconfig.Split('\n').Where(line => !line.Contains("client-key-data", StringComparison.Ordinal));
        cluster.ActAs(string.Join('\n', lines.Select(line =>
            line.Contains("client-certificate-data", StringComparison.Ordinal) ? $"{line[..line.IndexOf("client", StringComparison.Ordinal)]}token: not-a-token" : line)));

        var run = await cluster.RunAsync("nodes");

        run.ExitCode.Should().Be(ExitCode.NotPermitted, run.Error);
        run.Error.Should().NotContain("not-a-token");
    }

    [Fact]
    public async Task A_dead_server_ends_with_1_and_its_address()
    {
        var cluster = await ToolCluster.StartAsync(builder => builder);
        var address = cluster.Simulated.Address;
        var kubeconfig = cluster.Simulated.Kubeconfig;
        await cluster.DisposeAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, kubeconfig);

        var run = await ToolRun.OfAsync("drain", "worker-1", "--yes", "--kubeconfig", file);

        run.ExitCode.Should().Be(ExitCode.Failed);
        run.Error.Should().Contain(address.Authority).And.NotContain("   at ");
        run.Out.Should().BeEmpty();
        File.Delete(file);
    }

    [Fact]
    public async Task A_server_that_never_answers_ends_with_4_when_the_time_is_up()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: mute
            clusters: [{ name: mute, cluster: { server: "http://{{server.LocalEndpoint}}" } }]
            contexts: [{ name: mute, context: { cluster: mute } }]
            """);

        var run = await ToolRun.OfAsync("nodes", "--kubeconfig", file, "--timeout", "1s");

        run.ExitCode.Should().Be(ExitCode.TimedOut);
        run.Error.Should().Contain("did not answer within the 00:00:01 of --timeout").And.Contain(server.LocalEndpoint.ToString());
        File.Delete(file);
    }

    [Fact]
    public async Task Control_characters_of_the_cluster_never_reach_the_terminal()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder.WithVirtualMachine("evil", machine => machine
            .On("worker-1").LiveMigrate().NotMigratable("HostDeviceNotLiveMigratable", "all is well \u001b[32mgreen\u0007\u009b2J\u202Edne\nSucceeded: false line")));

        var plan = await cluster.RunAsync("plan", "drain", "worker-1");
        var run = await cluster.RunAsync(["drain", "worker-1", "--timeout", "2m"], "y\n", live: true);

        (plan.Out + run.Out).Should().Contain("all is well \uFFFD[32mgreen\uFFFD\uFFFD2J\uFFFDdne");
        (plan.Out + run.Out).Should().NotContainAny("\u001b", "\u0007", "\u009b", "\u202E");
        $"{plan.Out}{plan.Error}{run.Out}{run.Error}".Split('\n').Should().NotContain(line => line.TrimStart().StartsWith("Succeeded: false line", StringComparison.Ordinal));
        run.Error.Should().NotContainAny("\u001b[32mgreen", "\u0007", "\u009b", "\u202E");
    }
}
