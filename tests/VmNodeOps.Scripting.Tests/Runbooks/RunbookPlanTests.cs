using VmNodeOps.Kubernetes;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Scripting.Tests.Runbooks;

/// <summary>The procedures as runbooks, through the fluent API and by the tool are one and the same.</summary>
public sealed class RunbookPlanTests
{
    private static readonly Dictionary<string, string> Crash = new() { ["node"] = "worker-1", ["by"] = "ops@example.com", ["reason"] = "PSU burnt" };

    [Theory]
    [InlineData("drain.yaml")]
    [InlineData("recover.yaml")]
    public void A_procedure_is_shorter_than_25_lines(string file) => File.ReadAllLines(Sample(file)).Should().HaveCountLessThan(25);

    [Fact]
    public async Task A_drain_is_planned_alike_in_all_three_ways()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        var runbook = Runbook.Load(Sample("drain.yaml")).Bind(new Dictionary<string, string> { ["nodes"] = "worker-1" });

        await ComparePlansAsync(
            cluster, runbook, MaintenanceScript.OnNode("worker-1").GracefulShutdown(), ["drain", "worker-1"],
            ["run", Sample("drain.yaml"), "--set", "nodes=worker-1"]);
    }

    [Fact]
    public async Task A_recovery_is_planned_alike_in_all_three_ways()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        cluster.Simulated.CrashNode("worker-1");
        await cluster.Simulated.Time.AdvanceAsync(TimeSpan.FromSeconds(60));

        await ComparePlansAsync(
            cluster,
            Runbook.Load(Sample("recover.yaml")).Bind(Crash),
            MaintenanceScript.OnNode("worker-1").RecoverFromCrash(Evidence.OperatorConfirms("ops@example.com", "PSU burnt")),
            ["recover", "worker-1", "--confirmed-by", "ops@example.com", "--reason", "PSU burnt"],
            ["run", Sample("recover.yaml"), "--set", "node=worker-1", "--set", "by=ops@example.com", "--set", "reason=PSU burnt"]);
    }

    [Fact]
    public async Task The_runbooks_drain_and_recover()
    {
        await using var cluster = await ScriptCluster.StartAsync();

        var drain = await ToolAsync(cluster, ["run", Sample("drain.yaml"), "--set", "nodes=worker-1", "--yes"]);
        cluster.Simulated.CrashNode("worker-2");
        await cluster.Simulated.Time.AdvanceAsync(TimeSpan.FromSeconds(60));
        var recover = await ToolAsync(
            cluster, ["run", Sample("recover.yaml"), "--set", "node=worker-2", "--set", "by=me", "--set", "reason=I pulled the plug", "--yes", "--output", "jsonl", "--quiet"]);

        drain.ExitCode.Should().Be(ExitCode.Done, drain.Error);
        drain.Out.Should().StartWith("Succeeded: Node worker-1").And.Contain("prod/web");
        recover.ExitCode.Should().Be(ExitCode.Done, recover.Error);
        recover.Out.Split('\n').Should().Contain(line => line.StartsWith("{\"type\":\"runFinished\"", StringComparison.Ordinal));
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
        cluster.Simulated.Guests.Running.Should().HaveCount(2).And.OnlyContain(guest => guest.Node == "worker-3");
    }

    private static async Task ComparePlansAsync(ScriptCluster cluster, BoundRunbook runbook, NodeMaintenance fluent, string[] command, string[] run)
    {
        using var connected = KubernetesCluster.FromKubeConfig(cluster.Kubeconfig, options: new() { TimeProvider = cluster.Simulated.Time });
        var runner = new MaintenanceRunner(connected, cluster.Simulated.Time);

        var byApi = await runner.PlanAsync(fluent);
        var byRunbook = (await new RunbookRunner(runner).PlanAsync(runbook)).Single();
        var byCommand = await ToolAsync(cluster, [.. command, "--dry-run", "--output", "json"]);
        var byRun = await ToolAsync(cluster, [.. run, "--dry-run", "--output", "json"]);

        byApi.Steps.Sum(step => step.Actions.Count).Should().BeGreaterThan(3);
        Json(byRunbook).Should().Be(Json(byApi));
        Json(MaintenancePlan.FromJson(byCommand.Out)).Should().Be(Json(byApi));
        Json(MaintenancePlan.FromJson(byRun.Out)).Should().Be(Json(byApi));
    }

    /// <summary>The server's clock goes on between two plans.</summary>
    private static string Json(MaintenancePlan plan) => (plan with { MadeAt = default }).ToJson();

    private static async Task<ScriptRun> ToolAsync(ScriptCluster cluster, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await Application.RunAsync(
            [.. arguments, "--kubeconfig", cluster.Kubeconfig], new HostConsole(output, error, TextReader.Null), cluster.Simulated.Time, CancellationToken.None);
        return new ScriptRun(exitCode, output.ToString(), error.ToString());
    }

    private static string Sample(string file) => Path.Combine(Repository.Root, "samples", "runbooks", file);
}
