using System.Globalization;
using VmNodeOps.Testing;

namespace VmNodeOps.Scripting.Tests.Packages;

/// <summary>The scripts of the samples, byte for byte, in processes of their own, on packages packed in this run: as .csx, resolved as dotnet-script does it, and as files of <c>dotnet run</c>.</summary>
[Collection(PackedOnce.Name)]
public sealed class SampleScriptTests(PackedPackages packages)
{
    private static readonly string Runner = Path.Combine(
        Repository.Root, "tests", "ScriptRunner", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "ScriptRunner.dll");

    public static TheoryData<string> Kinds => ["csx", "cs"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Drain(string kind)
    {
        await using var cluster = await StartAsync();

        var run = await RunAsync(cluster, "drain", kind, "worker-1", "--quiet");

        run.ExitCode.Should().Be(0, run.Out + run.Error);
        run.Out.Should().StartWith("Succeeded: Node worker-1: open-window, cordon, drain, verify-elsewhere done.").And.Contain("prod/web");
        run.Error.Should().BeEmpty();
        cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Recover(string kind)
    {
        await using var cluster = await StartAsync();
        var refused = await RunAsync(cluster, "recover", kind, "worker-1", "--set", "by=ops@example.com", "--set", "reason=PSU burnt");
        cluster.CrashNode("worker-1");
        await cluster.UntilAsync(() => cluster.Objects.Condition("nodes", "worker-1", "Ready") == "Unknown", "worker-1 is silent");

        var run = await RunAsync(cluster, "recover", kind, "worker-1", "--set", "by=ops@example.com", "--set", "reason=PSU burnt");

        refused.ExitCode.Should().Be((int)ExitCode.Refused, refused.Out + refused.Error);
        run.ExitCode.Should().Be(0, run.Out + run.Error);
        run.Out.Should().Contain("ops@example.com").And.Contain("Restarted");
        cluster.Guests.Doubles.Should().BeEmpty();
        cluster.Guests.Running.Should().HaveCount(2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Machines_at_risk(string kind)
    {
        await using var cluster = await StartAsync(builder => builder
            .WithVirtualMachine("lab", machine => machine.In("prod").On("worker-2").Run(SimulatedRunStrategy.Manual)));

        var run = await RunAsync(cluster, "vms-at-risk", kind);

        run.Should().Be(new ProcessRun(0, "worker-2 prod/lab: drained StaysDown, node lost StaysDown\n", ""));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rolling_maintenance_over_a_label(string kind)
    {
        await using var cluster = await StartAsync();
        foreach (var node in new[] { "worker-1", "worker-2" })
        {
            cluster.Objects.Change("nodes", node, json => json["metadata"]!["labels"]!["rack"] = "12", null);
        }

        var run = await RunAsync(cluster, "rolling", kind, "--set", "label=rack=12");

        run.ExitCode.Should().Be(0, run.Out + run.Error);
        run.Out.Should().MatchRegex(@"(?s)Node worker-1: [^\n]*service done.*Node worker-1: [^\n]*close-window[^\n]* done.*Node worker-2: [^\n]*service done.*Node worker-2: [^\n]*close-window[^\n]* done");
        run.Error.Should().Contain("worker-2 is empty and is being serviced.");
        cluster.Guests.Running.Should().HaveCount(2).And.OnlyContain(guest => guest.Node != "worker-2");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_step_of_ones_own(string kind)
    {
        await using var cluster = await StartAsync();

        var plan = await RunAsync(cluster, "own-step", kind, "worker-1", "--set", "ticket=OPS-12", "--dry-run");
        var missing = await RunAsync(cluster, "own-step", kind, "worker-1");
        var run = await RunAsync(cluster, "own-step", kind, "worker-1", "--set", "ticket=OPS-12", "--quiet");

        run.ExitCode.Should().Be(0, run.Out + run.Error);
        run.Out.Should().MatchRegex(@"close-ticket +Succeeded \([^)]*\): OPS-12 closed");
        cluster.Guests.On("worker-1").Should().BeEmpty();
        plan.ExitCode.Should().Be(0, plan.Out + plan.Error);
        plan.Out.Should().Contain("close ticket OPS-12");
        missing.Should().Be(new ProcessRun((int)ExitCode.Usage, "", "This script needs a value: --set ticket=…\n"));
    }

    [Fact]
    public async Task A_function_of_another_file()
    {
        await using var cluster = await StartAsync();
        cluster.Objects.Change("nodes", "worker-2", json => json["metadata"]!["labels"]!["rack"] = "12", null);

        (await RunAsync(cluster, "rack", "csx", "--set", "rack=12")).Should().Be(new ProcessRun(0, "worker-2\n", ""));
    }

    [Fact]
    public async Task A_signal_cancels_a_script_which_reports_and_returns_130()
    {
        await using var cluster = await StartAsync(builder => builder.WithVirtualMachine(
            "slow", machine => machine.In("prod").On("worker-2").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(9) })));
        var kubeconfig = Kubeconfig(cluster);
        using var script = packages.Start(packages.Scripts, "dotnet", Runner, "drain.csx", "--", "worker-2", "--kubeconfig", kubeconfig);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var said = "";
        while (!said.Contains("Migrating to worker-", StringComparison.Ordinal))
        {
            said += await script.StandardError.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"The script ended: {said}");
        }

        await KillAsync("-TERM", script, limit.Token);
        var report = await script.StandardOutput.ReadToEndAsync(limit.Token);
        await script.WaitForExitAsync(limit.Token);

        script.ExitCode.Should().Be((int)ExitCode.Cancelled, report);
        report.Should().StartWith("Cancelled: ").And.Contain("prod/slow");
    }

    [Fact]
    public async Task A_script_that_does_not_end_when_it_is_asked_to_ends_at_once_when_it_is_asked_again()
    {
        await File.WriteAllTextAsync(Path.Combine(packages.Scripts, "stubborn.csx"), """
            #r "nuget: VmNodeOps.Scripting, 0.1.0"
            using System.Threading.Tasks;
            using VmNodeOps.Scripting;

            return await MaintenanceScript.RunAsync(Args, async script =>
            {
                script.Say("It waits, and listens to nobody.");
                await Task.Delay(-1);
            });
            """);
        // Whoever starts the tests in the background has SIGINT ignored, and children inherit that; env puts it right.
        using var script = packages.Start(packages.Scripts, "env", "--default-signal=INT", "dotnet", Runner, "stubborn.csx");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var waits = await script.StandardError.ReadLineAsync(limit.Token);

        await KillAsync("-INT", script, limit.Token);
        var told = await script.StandardError.ReadLineAsync(limit.Token);
        // A signal at the heels of the first counts as the same one, so it is sent until it is another.
        while (!script.HasExited)
        {
            await KillAsync("-INT", script, limit.Token);
        }

        waits.Should().Be("It waits, and listens to nobody.");
        told.Should().Be("Stopping in good order; once more to stop at once.");
        script.ExitCode.Should().Be((int)ExitCode.Cancelled);
    }

    /// <summary>What is in the folder and in no test above would be a sample that nobody has seen run.</summary>
    [Fact]
    public void Every_script_of_the_samples_is_run_here() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "samples", "scripts"), "*.cs*").Select(file => Path.GetFileName(file)).Should().BeEquivalentTo(
            ["drain.cs", "drain.csx", "own-step.cs", "own-step.csx", "rack.csx", "recover.cs", "recover.csx", "rolling.cs", "rolling.csx", "vms-at-risk.cs", "vms-at-risk.csx"]);

    [Theory]
    [InlineData("drain")]
    [InlineData("recover")]
    public void A_drain_and_a_recovery_are_shorter_than_ten_lines(string name)
    {
        foreach (var file in new[] { $"{name}.csx", $"{name}.cs" })
        {
            File.ReadAllLines(Path.Combine(packages.Scripts, file)).Should().HaveCountLessThan(10);
        }
    }

    private static async Task KillAsync(string signal, System.Diagnostics.Process process, CancellationToken cancellationToken)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    private Task<ProcessRun> RunAsync(SimulatedCluster cluster, string name, string kind, params string[] arguments)
    {
        string[] all = [.. arguments, "--kubeconfig", Kubeconfig(cluster)];
        return kind == "csx"
            ? packages.RunAsync(packages.Scripts, "dotnet", [Runner, $"{name}.csx", "--", .. all])
            : packages.RunAsync(packages.Scripts, "dotnet", ["run", $"{name}.cs", "--", .. all]);
    }

    private string Kubeconfig(SimulatedCluster cluster)
    {
        var file = Path.Combine(packages.Root, $"{Guid.NewGuid():n}.yaml");
        cluster.WriteKubeconfig(file);
        return file;
    }

    private static Task<SimulatedCluster> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? more = null) => SimulatedCluster.StartAsync(builder =>
        (more ?? (same => same))(ScriptCluster.TwoMachines((builder with { Time = SimulatedTime.RealTime(20) }).WithNodes("worker-1", "worker-2", "worker-3"))));
}
