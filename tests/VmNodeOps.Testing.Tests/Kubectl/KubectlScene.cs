using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Kubectl;

/// <summary>The cluster of the procedure, twice real: nodes whose names begin alike, and a kubectl beside it.</summary>
internal sealed class KubectlScene : IAsyncDisposable
{
    public const string Node = "1.1.1.211";
    public const string AlikeNode = "1.1.1.21";
    public const string OtherNode = "1.1.1.1";

    private KubectlScene(SimulatedTime time, SimulatedCluster cluster, KubectlBinary kubectl)
    {
        Time = time;
        Cluster = cluster;
        Kubectl = kubectl;
        Shell = new KubectlShell(kubectl, cluster.Kubeconfig);
    }

    public static TheoryData<string> EveryKubectl => new(KubectlBinary.All.Select(kubectl => kubectl.ToString()));

    /// <summary>The two between which the others lie; the only one where there is but one.</summary>
    public static TheoryData<string> OldestAndNewestKubectl =>
        new(KubectlBinary.All.OrderBy(kubectl => kubectl.Minor).Select(kubectl => kubectl.ToString()) is var all && all.Count() > 2
            ? [all.ElementAt(1), all.Last()]
            : all);

    public SimulatedTime Time { get; }

    public SimulatedCluster Cluster { get; }

    public KubectlBinary Kubectl { get; private set; }

    public KubectlShell Shell { get; }

    public static async Task<KubectlScene> StartAsync(string kubectl, Func<SimulatedClusterBuilder, SimulatedClusterBuilder> configure)
    {
        // kubectl thinks and waits by the wall clock; thirty times as fast, a node is found dead within two seconds.
        var time = SimulatedTime.RealTime(30);
        var builder = configure(new SimulatedClusterBuilder { Time = time, Events = false }.WithNodes(Node, AlikeNode, OtherNode));
        var scene = new KubectlScene(time, await builder.StartAsync(), KubectlBinary.All.Single(binary => binary.ToString() == kubectl));
        scene.Kubectl = scene.Kubectl with { Minor = scene.Kubectl.Minor ?? await scene.AskMinorAsync() };
        return scene;
    }

    /// <summary>Runs a command of the procedure, for a node.</summary>
    public Task<KubectlResult> RunAsync(string command, string node = Node) => Shell.RunAsync(command.For(node, Kubectl));

    /// <summary>Where a machine runs, by its instance; null if it does not.</summary>
    public string? NodeOf(string machine, string ns) =>
        Cluster.Objects.Text("virtualmachineinstances", machine, "status.phase", ns) == "Running"
            ? Cluster.Objects.Text("virtualmachineinstances", machine, "status.nodeName", ns)
            : null;

    /// <summary>A dispatcher chooses its version by the server, so only beside a server can it be asked.</summary>
    private async Task<int> AskMinorAsync()
    {
        var version = JsonNode.Parse((await Shell.RunAsync("kubectl version -o json")).Output)!["clientVersion"]!;
        return int.Parse(((string)version["minor"]!).TrimEnd('+'), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Shell.Dispose();
        await Cluster.DisposeAsync();
        Time.Dispose();
    }
}
