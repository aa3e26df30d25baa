using System.Globalization;
using System.Text;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using VmNodeOps.Benchmarks.Reporting;

namespace VmNodeOps.Benchmarks.Micro;

/// <summary>Runs <see cref="SmallPaths"/> with BenchmarkDotNet and writes its figures as a page of their own.</summary>
internal static class MicroCommand
{
    public static async Task<int> RunAsync(string folder)
    {
        var work = Directory.CreateTempSubdirectory("vmnodeops-micro-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(10))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(work.FullName);
            var summary = BenchmarkRunner.Run<SmallPaths>(config);
            var facts = await MachineFacts.ReadAsync(DateOnly.FromDateTime(DateTime.UtcNow));
            await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks-micro.md"), Write(summary, facts));
            return summary.Reports.All(report => report.Success) ? 0 : 1;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string Write(Summary summary, MachineFacts facts)
    {
        var text = new StringBuilder("# Small paths, measured\n\nBy BenchmarkDotNet, in one process: `dotnet run -c Release --project tests/VmNodeOps.Benchmarks -- --micro`\n\n");
        facts.Write(text);
        text.AppendLine().AppendLine("| what | mean | standard deviation | allocated |").AppendLine("|---|---|---|---|");
        foreach (var report in summary.Reports.Where(report => report.ResultStatistics is not null))
        {
            var (figures, benchmark) = (report.ResultStatistics!, report.BenchmarkCase);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {figures.Mean / 1000:N1} µs | {figures.StandardDeviation / 1000:N1} µs | {(report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0) / 1024.0:N1} KiB |");
        }

        return text.ToString();
    }
}
