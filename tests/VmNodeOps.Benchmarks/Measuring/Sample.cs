using VmNodeOps.Benchmarks.Means;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>One run by one means: what the child process took, and what the server noted.</summary>
internal sealed record Sample(ChildRun Child, ServerMarks Marks)
{
    public TimeSpan Wall => Child.Wall;

    public TimeSpan Processor => Child.Processor;

    public double PeakMebibytes => Child.PeakMemory / 1048576.0;

    public long Requests => Marks.Requests.Values.Sum();

    /// <summary>Both marks on which the means are compared: the last pod gone, and the answer of the last destructive call; and the attachments, where there are any.</summary>
    public TimeSpan Done => new[] { Marks.PodsGone, Marks.LastDestructive, Marks.AttachmentsGone }.Max() ?? TimeSpan.Zero;

    public ChildWords? Words => Child.Output.StartsWith('{') ? ChildWords.Parse(Child.Output.Split('\n')[0]) : null;

    /// <summary>From the last machine that ran elsewhere, as the server saw it, to the return of the library's call.</summary>
    public TimeSpan? Verified => Words?.ReturnedAt - Marks.Arrived;

    public static async Task<Sample> TakeAsync(IStage server, Means.Means means, IReadOnlyList<string> nodes, TimeSpan limit, bool settleAll = true, bool hurry = false)
    {
        await server.BeginAsync(nodes, hurry);
        var child = await ChildRun.OfAsync(means.Shell ?? means.Program, means.Arguments(server.Kubeconfig, [.. nodes]), server.Kubeconfig, server.Home, limit);
        return new Sample(Succeeded(means, child), await server.EndAsync(settleAll));
    }

    /// <summary>The second of two runs in one process: the first, on another node, is not measured, and what it took away is back before the second begins.</summary>
    public static async Task<Sample> TakeSecondAsync(IStage server, Means.Means means, string first, string second, TimeSpan limit)
    {
        var child = await ChildRun.OfAsync(means.Program, means.Arguments(server.Kubeconfig, [first, second]), server.Kubeconfig, server.Home, limit, async () =>
        {
            await server.ResetAsync(first);
            await server.BeginAsync([second], hurry: false);
        });
        return new Sample(Succeeded(means, child), await server.EndAsync(settleAll: true));
    }

    private static ChildRun Succeeded(Means.Means means, ChildRun child) =>
        child.ExitCode == 0 ? child : throw new InvalidOperationException($"{means.Name} ended with {child.ExitCode}.\n{child.Output}\n{child.Error}");
}
