using System.CommandLine;
using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Micro;
using VmNodeOps.Benchmarks.Reporting;
using VmNodeOps.Benchmarks.Scenarios;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks;

/// <summary>The command line: which scenarios, how big, how often, and where the page goes.</summary>
internal static class BenchmarkCommand
{
    private static readonly string[] Everything = ["drain", "recover", "plan", "big", "many", "plot"];
    private static readonly Option<string[]> Only = new("--only") { Description = "Scenarios: drain, recover, plan, big, many, plot. Default all.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Runs = new("--runs") { Description = "Counted runs of each means.", DefaultValueFactory = _ => 5 };
    private static readonly Option<int> Machines = new("--vms") { Description = "Virtual machines on the node.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> LongRuns = new("--long-runs") { Description = "Counted runs in the big cluster and of many nodes.", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> Share = new("--crowd") { Description = "Size of the big cluster in percent of 5,000 nodes, 100,000 pods and 50,000 attachments.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int[]> Sizes = new("--sizes") { Description = "Machines per node in the plot.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 30, 100, 300] };
    private static readonly Option<string> Folder = new("--output") { Description = "The folder that benchmarks.md and benchmarks.svg go to.", DefaultValueFactory = _ => "docs" };

    private static readonly Option<string?> Given = new("--kubeconfig") { Description = "A cluster of your own, on which only the drain is measured; its file has one cluster and one user, with a client certificate or a token. With --node and --prepare." };
    private static readonly Option<string?> Node = new("--node") { Description = "The node of that cluster." };
    private static readonly Option<string?> Prepare = new("--prepare") { Description = "A command for bash that makes the node's launcher pods and takes the cordon off, run before each drain with NODE and KUBECONFIG set." };
    private static readonly Option<bool> Small = new("--micro") { Description = "The small paths by BenchmarkDotNet, and nothing else." };

    public static Task<int> RunAsync(string[] args)
    {
        var command = new RootCommand("Measures VmNodeOps beside what people use, against a simulated cluster in a process of its own.")
        {
            Only, Runs, Machines, LongRuns, Share, Sizes, Folder, Given, Node, Prepare, Small,
        };
        command.SetAction((parsed, _) => parsed.GetValue(Small) ? MicroCommand.RunAsync(parsed.GetValue(Folder)!) : RunAsync(parsed, args));
        return command.Parse(args).InvokeAsync();
    }

    private static async Task<int> RunAsync(ParseResult parsed, string[] args)
    {
        var (runs, longRuns, machines, share) = (parsed.GetValue(Runs), parsed.GetValue(LongRuns), parsed.GetValue(Machines), parsed.GetValue(Share));
        var given = parsed.GetValue(Given);
        var chosen = given is not null ? [] : parsed.GetValue(Only) is { Length: > 0 } only ? only : Everything;
        var reports = new List<Report>();
        Report? drain = null, recover = null;
        if (given is not null)
        {
            if (parsed.GetValue(Node) is not { } node || parsed.GetValue(Prepare) is not { } prepare)
            {
                Console.Error.WriteLine("With --kubeconfig, --node says which node is drained and --prepare how its pods are made before each run.");
                return 2;
            }

            await using var cluster = new GivenCluster(given, prepare);
            reports.Add(await DrainScenario.RunAsync(cluster, node, runs, text => Console.Error.WriteLine($"drain: {text}")));
        }

        foreach (var scenario in chosen)
        {
            Action<string> tell = text => Console.Error.WriteLine($"{scenario}: {text}");
            switch (scenario)
            {
                case "drain":
                    reports.Add(drain = await DrainScenario.RunAsync(machines, runs, tell));
                    break;
                case "recover":
                    reports.Add(recover = await RecoverScenario.RunAsync(machines, runs, tell));
                    break;
                case "plan":
                    reports.Add(await PlanAndStartScenario.RunAsync(machines, runs, tell));
                    break;
                case "big":
                    reports.Add(await BigScenario.RunAsync(new Crowd(50 * share, 1000 * share, 500 * share), machines, longRuns, recover, tell));
                    break;
                case "many":
                    reports.Add(await ManyNodesScenario.RunAsync(20, Math.Min(machines, 40), longRuns, tell));
                    break;
                case "plot":
                    break;
                default:
                    Console.Error.WriteLine($"There is no scenario {scenario}; there are {string.Join(", ", Everything)}.");
                    return 2;
            }
        }

        var folder = parsed.GetValue(Folder)!;
        if (chosen.Contains("plot"))
        {
            var points = await Curve.RunAsync(parsed.GetValue(Sizes)!, drain, machines, text => Console.Error.WriteLine($"plot: {text}"));
            await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks.svg"), Plot.Write(points));
        }

        var facts = await MachineFacts.ReadAsync(DateOnly.FromDateTime(DateTime.UtcNow));
        string[] missing = facts.Kubectl is null ? ["kubectl drain", "the manual's pipelines (kubectl)"] : [];
        await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks.md"), Page.Write(reports, facts, facts.Command(args), chosen.Contains("plot"), missing));
        return 0;
    }
}
