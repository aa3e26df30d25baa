using VmNodeOps.Testing;
using VmNodeOps.Tool.Simulation;

namespace VmNodeOps.Tool.Tests;

public sealed class PlaygroundTests
{
    [Fact]
    public async Task Orders_take_power_and_network_from_nodes_and_give_them_back()
    {
        await using var cluster = await SimulatedCluster.StartAsync(builder => builder.WithNodes("worker-1", "worker-2"));

        var downAnswers = await ObeyAsync(cluster, "crash worker-1", "cut-off worker-2");
        var down = States(cluster);
        var upAnswers = await ObeyAsync(cluster, "return worker-1", "return worker-2");
        var up = States(cluster);

        down.Should().Equal(("worker-1", false), ("worker-2", true));
        cluster.Host("worker-2").IsConnected.Should().BeTrue();
        up.Should().Equal(("worker-1", true), ("worker-2", true));
        downAnswers.Should().Contain("worker-1 has lost its power").And.Contain("vmnodeops recover worker-1 --confirmed-by").And.Contain("worker-2 no longer reaches");
        upAnswers.Should().Contain("The machine of worker-1 boots.").And.Contain("worker-2 reaches the API server again.");
    }

    [Theory]
    [InlineData("help", "  crash NODE    takes the power from the machine of NODE")]
    [InlineData("?", "  crash NODE    takes the power from the machine of NODE")]
    [InlineData("crash", "Which node? crash takes one name: worker-1.")]
    [InlineData("crash worker-1 worker-2", "Which node? crash takes one name: worker-1.")]
    [InlineData("cutoff worker-1", "'cutoff' is no order here. Did you mean 'cut-off'?\n  crash NODE")]
    [InlineData("crash worker-9", "There is no node worker-9; there are worker-1.")]
    [InlineData("return worker-1", "worker-1 runs and reaches the API server; there is nothing to give back.")]
    public async Task Each_line_is_answered_with_what_helps(string line, string answer)
    {
        await using var cluster = await SimulatedCluster.StartAsync(builder => builder.WithNodes("worker-1"));

        (await ObeyAsync(cluster, line)).Should().StartWith(answer);
    }

    [Fact]
    public async Task The_status_shows_what_really_runs_where()
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            builder => builder.WithNodes("worker-1", "worker-2").WithVirtualMachine("web", machine => machine.On("worker-1")).WithVirtualMachine("db", machine => machine.On("worker-1")));

        var answer = await ObeyAsync(cluster, "cut-off worker-1", "crash worker-2", "status");

        answer.Should().EndWith("""
            NODE       POWER   NETWORK   GUESTS
            worker-1   on      cut off   default/db default/web
            worker-2   off     yes

            """);
    }

    private static List<(string Node, bool HasPower)> States(SimulatedCluster cluster) =>
        [.. cluster.Hosts.OrderBy(host => host.NodeName, StringComparer.Ordinal).Select(host => (host.NodeName, host.HasPower))];

    private static async Task<string> ObeyAsync(SimulatedCluster cluster, params string[] lines)
    {
        using var talk = new StringWriter();
        var console = new HostConsole(TextWriter.Null, talk, new StringReader(string.Join('\n', [.. lines, "quit", "never read"])));
        await new Playground(cluster, console).RunAsync(CancellationToken.None);
        return talk.ToString();
    }
}
