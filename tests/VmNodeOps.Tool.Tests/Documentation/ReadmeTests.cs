using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Tool.Simulation;

namespace VmNodeOps.Tool.Tests.Documentation;

/// <summary>README.md keeps its word: its code compiles and runs, its links lead somewhere, its commands exist.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
    private static readonly string Examples = File.ReadAllText(
        Path.Combine(Repository.Root, "tests", "VmNodeOps.Tool.Tests", "Documentation", "ReadmeExamples.cs"));

    [Fact]
    public void Every_block_of_code_is_one_that_is_compiled()
    {
        var compiled = CompiledExample().Matches(Examples).ToDictionary(match => match.Groups["name"].Value, match => Dedented(match.Groups["code"].Value));
        var shown = ShownExample().Matches(Readme).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);

        shown.Should().NotBeEmpty().And.BeEquivalentTo(compiled);
        Readme.Split("```csharp").Should().HaveCount(shown.Count + 1, "every block says which example it is");
    }

    [Fact]
    public void Every_link_to_a_file_leads_to_one()
    {
        var links = Link().Matches(Readme).Select(match => match.Groups["target"].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)).ToList();

        links.Should().NotBeEmpty();
        links.Where(link => !Path.Exists(Path.Combine(Repository.Root, link))).Should().BeEmpty();
    }

    /// <summary>Durations, dates, the nodes that the scheduler chose and so the machines that were on them differ from run to run; nothing else may.</summary>
    [Fact]
    public async Task The_tour_shows_what_the_tool_and_kubectl_say()
    {
        using var time = SimulatedTime.Virtual();
        await using var simulated = await PlayCluster.StartAsync(nodes: 3, machines: 12, time, CancellationToken.None);
        var kubeconfig = KubeconfigFile.Reserve(Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml"));
        kubeconfig.Write(simulated);
        var said = new List<string>();
        foreach (var command in ShownCommand().Matches(Readme).Select(match => match.Groups["command"].Value))
        {
            if (said.Any(line => line.StartsWith("Refused: Node worker-2", StringComparison.Ordinal)))
            {
                await time.AdvanceAsync(TimeSpan.FromSeconds(60));
            }

            said.AddRange(await SayAsync(command, kubeconfig.Path, time));
        }

        said.Should().Contain(line => line.StartsWith("Succeeded: Node worker-2: blast-radius", StringComparison.Ordinal)).And.Contain(line => line.StartsWith("worker-1   Ready,Sch", StringComparison.Ordinal));
        said.Select(Masked).Except(Readme.Split('\n').Select(Masked)).Should().BeEmpty();
        kubeconfig.Delete();
    }

    /// <summary>The commands of the tour by the words that are in the README, up to what a shell makes of them.</summary>
    private static async Task<IEnumerable<string>> SayAsync(string command, string kubeconfig, SimulatedTime time)
    {
        var words = ShellWord().Matches(command.Split(" 2>", 2)[0].Split(" | ", 2)[0]).Select(match => match.Value.Trim('"')).ToArray();
        if (words[0] == "kubectl")
        {
            using var kubectl = ChildProcess.StartProgram("kubectl", [.. words[1..], "--kubeconfig", kubeconfig]);
            return (await kubectl.EndAsync()).Out.Split('\n');
        }

        var run = await ToolRun.OfAsync([.. words[1..], "--kubeconfig", kubeconfig], time);
        var lines = (words[1] == "simulate" ? run.Error : run.Out).Split('\n');
        return command.Contains("| head -13", StringComparison.Ordinal) ? lines.Take(13) : lines;
    }

    [Fact]
    public async Task The_examples_of_a_drain_do_what_they_say()
    {
        await using var simulated = await StartAsync(SimulatedTime.RealTime(20));
        var kubeconfig = Path.GetTempFileName();
        simulated.WriteKubeconfig(kubeconfig);
        using var output = new StringWriter();

        var report = await ReadmeExamples.DrainAsync(kubeconfig, output, CancellationToken.None);

        report.VirtualMachines.Should().ContainSingle().Which.To.Should().Be("worker-2");
        output.ToString().Should().StartWith("Succeeded");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task The_example_of_several_nodes_does_what_it_says()
    {
        await using var simulated = await StartAsync(SimulatedTime.RealTime(20));
        simulated.Objects.Change("nodes", "worker-1", node => node["metadata"]!["labels"]!["rack"] = "7", ns: null);
        var kubeconfig = Path.GetTempFileName();
        simulated.WriteKubeconfig(kubeconfig);
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);

        var report = await ReadmeExamples.DrainRackAsync(cluster, CancellationToken.None);

        report.Succeeded.Should().BeTrue(report.Summary);
        report.Nodes.Should().ContainSingle().Which.NodeName.Should().Be("worker-1");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task The_examples_of_approval_composition_events_and_recovery_do_what_they_say()
    {
        await using var simulated = await StartAsync(SimulatedTime.RealTime(20));
        var kubeconfig = Path.GetTempFileName();
        simulated.WriteKubeconfig(kubeconfig);
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);
        using var output = new StringWriter();
        var poweredOff = new List<string>();

        var approved = await ReadmeExamples.ApproveAsync(cluster, output, CancellationToken.None);
        await ReadmeExamples.FollowAsync(cluster, ReadmeExamples.Compose((node, _) => Note(poweredOff, node)), output, CancellationToken.None);
        await NodeMaintenance.OnNode("worker-1").ReturnToService().RunAsync(cluster);
        simulated.CrashNode("worker-2");
        await simulated.UntilAsync(() => IsSilent(simulated, "worker-2"), "worker-2 is silent");
        var recovered = await ReadmeExamples.RecoverAsync(cluster, CancellationToken.None);

        approved.Succeeded.Should().BeTrue(approved.Summary);
        output.ToString().Should().Contain("Plan for node worker-1").And.MatchRegex(@"(?m)^\d+ power-off");
        poweredOff.Should().Equal("worker-1");
        recovered.Succeeded.Should().BeTrue(recovered.Summary);
        simulated.Guests.Running.Should().ContainSingle().Which.Node.Should().Be("worker-1");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task The_examples_of_dependency_injection_and_of_a_test_do_what_they_say()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Clusters:East:Context"] = "east", ["Clusters:West:Context"] = "west" }).Build();
        services.AddKeyedSingleton<IClusterClient>("east", (_, _) => throw new InvalidOperationException("asked for east"));
        ReadmeExamples.Register(services, configuration);
        services.AddTransient<ReadmeExamples.NightShift>();
        using var provider = services.BuildServiceProvider();

        provider.Invoking(it => it.GetRequiredService<ReadmeExamples.NightShift>()).Should().Throw<InvalidOperationException>().WithMessage("asked for east");
        await ReadmeExamples.TestAsync();
        File.Delete("kubeconfig.yaml");
    }

    private static Task Note(List<string> list, string item)
    {
        list.Add(item);
        return Task.CompletedTask;
    }

    private static bool IsSilent(SimulatedCluster cluster, string node) => cluster.Objects.Condition("nodes", node, "Ready") == "Unknown";

    private static Task<SimulatedCluster> StartAsync(SimulatedTime time) => SimulatedCluster.StartAsync(builder => (builder with { Time = time })
        .WithNodes("worker-1", "worker-2")
        .WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true)));

    private static string Dedented(string code)
    {
        var lines = code.TrimEnd().Split('\n');
        var margin = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => (line.Length > 0 ? line[margin..] : "") + "\n"));
    }

    private static string Masked(string line) => Variable().Replace(line, "#");

    [GeneratedRegex(@"(lab|shop)/[a-z]+-[0-9] +|[0-9]+ (?=pods removed|restarted elsewhere|migrated)|[0-9]+ of [0-9]+ (?=detached)|[0-9]+[.][0-9] (s|minutes)|→ worker-[0-9]|[0-9-]{10} [0-9:]{8}Z|(?<=virt-launcher-[a-z]+-[0-9]-)[a-z0-9]{5}|(?<=<none>   )[0-9smhd]+ +|AGE +|serves on worker-[0-9]( and worker-[0-9])?")]
    private static partial Regex Variable();

    /// <summary>What is typed in the second terminal, up to the last recovery.</summary>
    [GeneratedRegex(@"(?m)^\$ (?<command>(vmnodeops (?!simulate --)(?!.*jsonl)|kubectl ).*)$")]
    private static partial Regex ShownCommand();

    [GeneratedRegex("""(?<word>"[^"]*"|\S+)""")]
    private static partial Regex ShellWord();

    [GeneratedRegex(@"// example: (?<name>\w+)\n(?<code>.*?\n) *// end\n", RegexOptions.Singleline)]
    private static partial Regex CompiledExample();

    [GeneratedRegex(@"<!-- example: (?<name>\w+) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShownExample();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)\)")]
    private static partial Regex Link();
}
