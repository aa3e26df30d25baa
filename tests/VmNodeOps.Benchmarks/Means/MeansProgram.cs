namespace VmNodeOps.Benchmarks.Means;

/// <summary>One piece of work by one means, as a process of its own.</summary>
internal static class MeansProgram
{
    public static Task<int> RunAsync(string[] words) => words switch
    {
        ["ours-drain", var kubeconfig, var node] => OurMeans.DrainAsync(kubeconfig, node),
        ["ours-recover", var kubeconfig, var node] => OurMeans.RecoverAsync(kubeconfig, node),
        ["ours-plan", var kubeconfig, var node] => OurMeans.PlanAsync(kubeconfig, node),
        ["ours-batch", var kubeconfig, .. var nodes] => OurMeans.DrainManyAsync(kubeconfig, nodes),
        ["floor-drain", var kubeconfig, var node] => FloorMeans.DrainAsync(kubeconfig, node),
        ["floor-batch", var kubeconfig, .. var nodes] => FloorMeans.DrainManyAsync(kubeconfig, nodes),
        ["floor-recover", var kubeconfig, var node] => FloorMeans.RecoverAsync(kubeconfig, node),
        ["floor-page", var kubeconfig, var node] => FloorMeans.PageAsync(kubeconfig, node),
        _ => throw new ArgumentException($"No such means: {string.Join(' ', words)}"),
    };
}
