using System.Globalization;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using VmNodeOps.Benchmarks.Means;
using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Reporting;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Micro;

/// <summary>Runs <see cref="PlanOfMany"/> and <see cref="SmallPaths"/> with BenchmarkDotNet and writes their figures as a page of their own.</summary>
/// <remarks>One server for all, because a thousand machines take more than a minute to start. It has ended before the small paths are measured, for it shares the processors with them.</remarks>
internal static class MicroCommand
{
    public static async Task<int> RunAsync(string folder)
    {
        var work = Directory.CreateTempSubdirectory("vmnodeops-micro-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(10))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(work.FullName);
            Summary plan;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"micro: {PlanOfMany.Machines:N0} machines start"));
            await using (var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, PlanOfMany.Machines, Disks: true, Crowd.None)))
            {
                using var client = new FloorClient(server.Kubeconfig);
                SmallPaths.Bodies = (await client.GetBytesAsync("/api/v1/namespaces/shop/pods?limit=500"), await client.GetBytesAsync("/apis/storage.k8s.io/v1/volumeattachments?limit=500"));
                PlanOfMany.Kubeconfig = server.Kubeconfig;
                plan = BenchmarkRunner.Run<PlanOfMany>(config);
            }

            var small = BenchmarkRunner.Run<SmallPaths>(config);
            var facts = await MachineFacts.ReadAsync(DateOnly.FromDateTime(DateTime.UtcNow));
            List<BenchmarkReport> reports = [.. small.Reports, .. plan.Reports];
            await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks-micro.md"), Write(reports, facts));
            return reports.Count == 5 && reports.TrueForAll(static report => report.Success) ? 0 : 1;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string Write(IReadOnlyList<BenchmarkReport> reports, MachineFacts facts)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"# Small paths, measured\n\nWritten by BenchmarkDotNet in tests/VmNodeOps.Benchmarks, in one process:\n\n```\n{facts.Command(["--micro"])}\n```\n\n"));
        facts.Write(text);
        text.AppendLine().AppendLine("| what | mean | standard deviation | allocated |").AppendLine("|---|---|---|---|");
        foreach (var report in reports.Where(report => report.ResultStatistics is not null))
        {
            var (figures, benchmark) = (report.ResultStatistics!, report.BenchmarkCase);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {figures.Mean / 1000:N1} µs | {figures.StandardDeviation / 1000:N1} µs | {(report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0) / 1024.0:N1} KiB |");
        }

        return text.AppendLine().AppendLine("All of it runs on the .NET runtime. The plan is made beside its server, which shares the machine's processors with it; the small paths are measured alone.").ToString();
    }
}
