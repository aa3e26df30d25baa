using VmNodeOps.Kubernetes;

namespace VmNodeOps.Benchmarks.Means;

/// <summary>The library, in a process as small as a user's. Defaults throughout.</summary>
internal static class OurMeans
{
    private static readonly IEvidenceSource Proof = Evidence.OperatorConfirms("bench@example.com", "the machine is a simulation, and its power is off");

    public static Task<int> DrainAsync(string kubeconfig, string node) => RunAsync(kubeconfig, NodeMaintenance.OnNode(node).GracefulShutdown());

    public static Task<int> RecoverAsync(string kubeconfig, string node) => RunAsync(kubeconfig, NodeMaintenance.OnNode(node).RecoverFromCrash(Proof));

    public static async Task<int> PlanAsync(string kubeconfig, string node)
    {
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);
        var plan = await NodeMaintenance.OnNode(node).GracefulShutdown().PlanAsync(cluster);
        Console.Out.WriteLine(new ChildWords { Succeeded = !plan.IsRefused, Summary = plan.IsRefused ? plan.ToText() : $"{plan.VirtualMachines.Count} machines" });
        return plan.IsRefused ? 1 : 0;
    }

    public static async Task<int> DrainManyAsync(string kubeconfig, string[] nodes)
    {
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);
        var batch = NodeMaintenance.OnNodes(nodes).Each(node => node.GracefulShutdown()).With(options => options with { MaxNodesAtOnce = nodes.Length });
        var report = await batch.RunAsync(cluster);
        var words = new ChildWords
        {
            Succeeded = report.Succeeded,
            Summary = report.Succeeded ? "" : report.ToText(),
            ReturnedAt = DateTimeOffset.UtcNow,
            Slowest = report.Nodes.Max(each => each.FinishedAt - each.StartedAt),
        };
        Console.Out.WriteLine(words);
        return report.Succeeded ? 0 : 1;
    }

    private static async Task<int> RunAsync(string kubeconfig, NodeMaintenance maintenance)
    {
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);
        var report = await maintenance.RunAsync(cluster);
        var words = new ChildWords
        {
            Succeeded = report.Succeeded,
            Summary = report.Succeeded ? "" : report.ToText(),
            ReturnedAt = DateTimeOffset.UtcNow,
            Steps = [.. report.Steps.Select(step => $"{step.Step} {step.Duration?.TotalMilliseconds:0} ms")],
        };
        Console.Out.WriteLine(words);
        return report.Succeeded ? 0 : 1;
    }
}
