using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Tests.Kubectl;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;
using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;

namespace VmNodeOps.Tests.Eviction;

/// <summary>A real kubectl drain and ours from the same start, where kubectl errs or tells what is not so. The table in docs/kubectl-drain.md is what this test saw.</summary>
public sealed class BesideKubectlTests(ITestOutputHelper output)
{
    private const string Machines = "--delete-emptydir-data --ignore-daemonsets --force --pod-selector=kubevirt.io=virt-launcher";
    private const string Begin = "<!-- beside: begin -->";
    private const string End = "<!-- beside: end -->";

    [KubectlFact]
    public async Task What_kubectl_says_what_is_so_and_what_ours_says()
    {
        var table = new StringBuilder("| start | kubectl drain says | what is so after it | ours |\n|---|---|---|---|\n");
        foreach (var one in Cases())
        {
            var (said, isSo) = await TheirsAsync(one);
            var ours = await OursAsync(one);
            table.Append($"| {one.Start} | {said} | {isSo} | {ours} |\n");
            output.WriteLine($"{one.Start}: {said}; {isSo}; {ours}");
        }

        Held(table.ToString());
    }

    private static IEnumerable<Case> Cases() =>
    [
        new("a machine that migrates")
        {
            Cluster = cluster => cluster.WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate()),
            IsSo = cluster => Where(cluster, "moves"),
        },
        new("a bare instance")
        {
            Cluster = cluster => cluster.WithVirtualMachine("bare", vm => vm.On(Node).Standalone()),
            IsSo = cluster => Where(cluster, "bare"),
        },
        new("a machine of run strategy RerunOnFailure")
        {
            Cluster = cluster => cluster.WithVirtualMachine("rerun", vm => vm.On(Node).Run(SimulatedRunStrategy.RerunOnFailure)),
            IsSo = cluster => Where(cluster, "rerun"),
        },
        new("one that must migrate and cannot, beside one that restarts")
        {
            Cluster = cluster => cluster.WithVirtualMachine("stuck", vm => vm.On(Node).LiveMigrate().NotMigratable()).WithVirtualMachine("beside", vm => vm.On(Node)),
            Arguments = $"{Machines} --timeout=3s",
            IsSo = cluster => $"{Where(cluster, "stuck")}; {Where(cluster, "beside")}; {Cordon(cluster)}",
        },
        new("the server refuses the cordon, and no other node is schedulable")
        {
            Cluster = cluster => cluster.WithVirtualMachine("vm", vm => vm.On(Node)),
            Before = cluster =>
            {
                OnlyNode(cluster);
                cluster.Faults.Add(new FaultRule { Verb = "patch", Resource = "nodes", Name = Node, Effect = FaultEffect.Status(403, "Forbidden", "injected: nodes cannot be changed") });
            },
            IsSo = cluster => $"{Where(cluster, "vm")}; {Cordon(cluster)}",
        },
        new("no other node takes the machine")
        {
            Cluster = cluster => cluster.WithVirtualMachine("vm", vm => vm.On(Node)),
            Before = OnlyNode,
            IsSo = cluster => Where(cluster, "vm"),
        },
        new("virt-api does not answer for half a minute")
        {
            Cluster = cluster => cluster.WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate()),
            Before = cluster => cluster.StopVirtApi(),
            Meanwhile = async cluster =>
            {
                await cluster.UntilAsync(() => cluster.Requests.Of("create", "pods", "eviction").Count > 0, "it has begun");
                await cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(30));
                cluster.StartVirtApi();
            },
            IsSo = cluster => Where(cluster, "moves"),
        },
        new("one GET of a pod fails")
        {
            Cluster = cluster => cluster.WithVirtualMachine("vm", vm => vm.On(Node).Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(20) })),
            Before = cluster => cluster.Faults.Add(new FaultRule { Verb = "get", Resource = "pods", Subresource = "", Times = 1, Effect = FaultEffect.Status(500, "InternalError", "injected: the store is broken") }),
            IsSo = cluster => Where(cluster, "vm"),
        },
        new("a pod comes while the others leave")
        {
            Cluster = cluster => cluster.WithVirtualMachine("vm", vm => vm.On(Node).Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(29) })),
            Meanwhile = async cluster =>
            {
                await cluster.UntilAsync(() => cluster.Requests.Of("create", "pods", "eviction").Count > 0, "it has begun");
                cluster.Objects.Create(Late());
            },
            IsSo = cluster => cluster.Objects.Get("pods", "virt-launcher-late") is null ? "it has left" : "it is still there",
        },
        new("a dry run by the server, of a machine that migrates")
        {
            Cluster = cluster => cluster.WithVirtualMachine("moves", vm => vm.On(Node).LiveMigrate()),
            Arguments = $"{Machines} --dry-run=server --timeout=3s",
            Rehearses = true,
            IsSo = cluster => Where(cluster, "moves"),
        },
        new("a pod with emptyDir, not consented to")
        {
            Cluster = cluster => cluster.WithWorkload("cache", work => work with { Node = Node, HasEmptyDir = true }),
            Arguments = "--ignore-daemonsets --pod-selector=app=cache",
            Options = drain => drain with { PodSelector = "app=cache", IgnoreDaemonSets = true },
            IsSo = Cordon,
        },
    ];

    private static async Task<(string Said, string IsSo)> TheirsAsync(Case one)
    {
        await using var scene = await StartAsync(KubectlBinary.All[^1].ToString(), one.Cluster);
        one.Before?.Invoke(scene.Cluster);
        var run = scene.RunAsync($"kubectl drain <Node-Name> {one.Arguments}");
        // Where it gives up at once, what was to happen meanwhile happens after it.
        await (one.Meanwhile?.Invoke(scene.Cluster) ?? Task.CompletedTask);
        var result = await run;
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(40));
        var words = new List<string> { $"exit {result.ExitCode}" };
        words.AddRange(result.Output.Contains($"node/{Node} drained", StringComparison.Ordinal) ? ["\"drained\""] : []);
        words.AddRange(result.Error.Contains("will retry after 5s", StringComparison.Ordinal) ? ["errors while it goes on"] : []);
        words.AddRange(result.Error.Contains("timeout reached", StringComparison.Ordinal) ? ["would never end without --timeout"] : []);
        words.AddRange(result.Error.Contains("unable to cordon", StringComparison.Ordinal) ? ["\"unable to cordon\""] : []);
        words.AddRange(result.Error.Contains("unable to drain", StringComparison.Ordinal) && !result.Error.Contains("timeout reached", StringComparison.Ordinal) ? ["\"unable to drain\""] : []);
        return (string.Join(", ", words), one.IsSo(scene.Cluster));
    }

    private static async Task<string> OursAsync(Case one)
    {
        await using var scene = await Scene.StartAsync(cluster => one.Cluster(cluster.WithNodes(Node, AlikeNode, OtherNode)));
        one.Before?.Invoke(scene.Cluster);
        var maintenance = NodeMaintenance.OnNode(Node)
            .GracefulShutdown(drain => (one.Options?.Invoke(drain) ?? drain) with { Rehearse = one.Rehearses })
            .With(options => options with { Timeout = TimeSpan.FromMinutes(3) });
        if (one.Rehearses)
        {
            var plan = await scene.Runner.PlanAsync(maintenance);
            return $"ends with the plan: {plan.Steps.SelectMany(step => step.Findings).Single(finding => finding.Code == "Rehearsal").Message}";
        }

        var run = scene.Runner.RunAsync(maintenance);
        await (one.Meanwhile?.Invoke(scene.Cluster) ?? Task.CompletedTask);
        var report = await run;
        var cause = report.Result switch
        {
            MaintenanceResult.Succeeded => "",
            MaintenanceResult.Refused => $" ({string.Join(", ", report.Findings.Where(finding => finding.Severity == FindingSeverity.Refusal).Select(finding => finding.Code).Distinct())}), nothing touched",
            _ => $" at {report.Steps.Last(step => step.Duration is not null).Step}",
        };
        if (report.Result == MaintenanceResult.Refused)
        {
            scene.Cluster.Requests.Writes.Should().BeEmpty(one.Start);
        }

        return $"{report.Result}{cause}: {one.IsSo(scene.Cluster)}";
    }

    private static string Where(SimulatedCluster cluster, string machine) => cluster.Guests.Of(machine) switch
    {
        [] => cluster.Objects.Get("virtualmachines", machine) is null ? $"{machine} is gone for good" : $"{machine} runs nowhere",
        [{ Node: Node }] => $"{machine} runs on the node",
        [_] => $"{machine} runs elsewhere",
        _ => $"{machine} runs twice",
    };

    private static string Cordon(SimulatedCluster cluster) =>
        (bool?)cluster.Objects.Get("nodes", Node, ns: null)!["spec"]?["unschedulable"] is true ? "the node is cordoned" : "the node is not cordoned";

    private static void OnlyNode(SimulatedCluster cluster)
    {
        cluster.SetUnschedulable(AlikeNode);
        cluster.SetUnschedulable(OtherNode);
    }

    private static JsonObject Late() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "virt-launcher-late", ["namespace"] = "default", ["labels"] = new JsonObject { ["kubevirt.io"] = "virt-launcher" } },
        ["spec"] = new JsonObject { ["nodeName"] = Node, ["containers"] = new JsonArray(new JsonObject { ["name"] = "compute", ["image"] = "registry.invalid/launcher:1" }) },
    };

    private static void Held(string table, [CallerFilePath] string path = "")
    {
        var page = Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "kubectl-drain.md");
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
        {
            File.WriteAllText(page, $"{text[..begin]}\n{table}{text[end..]}");
            return;
        }

        text[begin..end].Trim().Should().Be(table.Trim(), "docs/kubectl-drain.md shows what happens; VMNODEOPS_ACCEPT=1 takes it over");
    }

    private sealed record Case(string Start)
    {
        public required Func<SimulatedClusterBuilder, SimulatedClusterBuilder> Cluster { get; init; }

        public Action<SimulatedCluster>? Before { get; init; }

        public Func<SimulatedCluster, Task>? Meanwhile { get; init; }

        public string Arguments { get; init; } = Machines;

        public Func<DrainOptions, DrainOptions>? Options { get; init; }

        public bool Rehearses { get; init; }

        public required Func<SimulatedCluster, string> IsSo { get; init; }
    }
}
