#pragma warning disable IDE0011
using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks;

internal static class BenchmarkCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var n = int.Parse(args[1]);
        await using var server = await ServerProcess.StartAsync(k => new SceneRequest(k, 2, 1, n, args[0] == "recover", Crowd.None));
        Console.WriteLine($"started {server.TookToStart}");
        var current = 0;
        Means.Means[] all = args[0] == "recover" ? [Means.Means.OursRecover, Means.Means.PipelinesRecover, Means.Means.FloorRecover] : [Means.Means.OursDrain, Means.Means.ToolDrain, Means.Means.KubectlDrain, Means.Means.FloorDrain];
        for (var i = 0; i < int.Parse(args[2]); i++)
            foreach (var m in all)
            {
                var node = SceneRequest.Worker(1 + current++ % 2);
                var t = System.Diagnostics.Stopwatch.StartNew();
                if (args[0] == "recover") await server.CrashAsync(node);
                var s = await Sample.TakeAsync(server, m, [node], TimeSpan.FromMinutes(5));
                Console.WriteLine($"{m.Name}: wall {s.Wall.TotalMilliseconds:0} cpu {s.Processor.TotalMilliseconds:0} mem {s.PeakMebibytes:0} req {s.Requests} done {s.Done.TotalMilliseconds:0} gone {s.Marks.PodsGone?.TotalMilliseconds:0} left {s.Marks.PodsLeft}/{s.Marks.AttachmentsLeft} va {s.Marks.AttachmentsGone?.TotalMilliseconds:0} last {s.Marks.LastDestructive?.TotalMilliseconds:0} first {s.Marks.FirstRequest?.TotalMilliseconds:0} arrived {(s.Marks.Arrived - s.Marks.Began)?.TotalMilliseconds:0}/{s.Marks.ArrivedInClusterTime?.TotalMilliseconds:0} verified {s.Verified?.TotalMilliseconds:0} out {s.Marks.BytesOut / 1024} KiB");
                if (s.Words?.Steps is { } steps) Console.WriteLine("   " + string.Join(", ", steps));
                File.WriteAllLines($"/tmp/bench-{m.Name.Replace(' ', '-')}-{args[0]}.txt", s.Marks.Timeline.OrderBy(x => x.At).Select(x => $"{x.At,8:0} {x.Ended,8:0} {x.What}"));
                await server.ResetAsync(node);
                Console.WriteLine($"   with all {t.ElapsedMilliseconds} ms");
            }
        return 0;
    }
}
