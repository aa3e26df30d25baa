using VmNodeOps.Benchmarks.Means;

// One piece of work by one means, as a process of its own.
return await (args switch
{
    ["ours-drain", var kubeconfig, var node] => OurMeans.DrainAsync(kubeconfig, node),
    ["ours-drain-twice", var kubeconfig, var first, var second] => TwiceAsync(node => OurMeans.DrainAsync(kubeconfig, node), first, second),
    ["floor-drain-twice", var kubeconfig, var first, var second] => TwiceAsync(node => FloorMeans.DrainAsync(kubeconfig, node), first, second),
    ["ours-recover", var kubeconfig, var node] => OurMeans.RecoverAsync(kubeconfig, node),
    ["ours-plan", var kubeconfig, var node] => OurMeans.PlanAsync(kubeconfig, node),
    ["ours-batch", var kubeconfig, .. var nodes] => OurMeans.DrainManyAsync(kubeconfig, nodes),
    ["floor-drain", var kubeconfig, var node] => FloorMeans.DrainAsync(kubeconfig, node),
    ["floor-batch", var kubeconfig, .. var nodes] => FloorMeans.DrainManyAsync(kubeconfig, nodes),
    ["floor-recover", var kubeconfig, var node] => FloorMeans.RecoverAsync(kubeconfig, node),
    ["floor-page", var kubeconfig, var node] => FloorMeans.PageAsync(kubeconfig, node),
    _ => throw new ArgumentException($"No such means: {string.Join(' ', args)}"),
});

// The second begins on a word, in a process that has done everything once.
static async Task<int> TwiceAsync(Func<string, Task<int>> drain, string first, string second)
{
    var words = Console.Out;
    Console.SetOut(TextWriter.Null);
    if (await drain(first) is not 0 and var failure)
    {
        return failure;
    }

    Console.SetOut(words);
    Console.Out.WriteLine(ChildWords.Ready);
    await Console.In.ReadLineAsync();
    return await drain(second);
}
