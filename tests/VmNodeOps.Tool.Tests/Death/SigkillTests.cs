using System.Diagnostics;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Death;
using Xunit.Abstractions;

namespace VmNodeOps.Tool.Tests.Death;

/// <summary>
/// The tool as a process that is killed by SIGKILL at one of its requests; the same command in a new process finishes, the node is brought back, and the guests are looked at. The cluster's
/// clock runs fast, so that the lease of the dead run is over in seconds. VMNODEOPS_SIGKILLS asks for more points than a quick suite has.
/// </summary>
public sealed class SigkillTests(ITestOutputHelper output)
{
    private const double Speed = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Drain = ["drain", Invariants.NodeName, "--yes"];
    private static readonly string[] Return = ["return", Invariants.NodeName];
    private static readonly string[] Resume = ["resume", Invariants.NodeName, "--yes"];
    private static readonly string[] Recover = ["recover", Invariants.NodeName, "--yes", "--confirmed-by", "ops@example.com", "--reason", "rack power off"];

    /// <summary>From the first read to the last write of each.</summary>
    private static readonly (string Procedure, int Point)[] Points =
    [
        ("drain", 14), ("recover", 30), ("return", 12), ("resume", 24),
        ("drain", 3), ("drain", 18), ("drain", 22), ("drain", 27), ("drain", 32), ("drain", 37),
        ("return", 4), ("return", 8), ("return", 10), ("return", 15),
        ("recover", 10), ("recover", 20), ("recover", 26), ("recover", 34), ("recover", 40), ("recover", 46),
    ];

    [Fact]
    public async Task A_process_that_is_killed_is_finished_by_the_same_command_in_a_new_one()
    {
        var wished = int.TryParse(Environment.GetEnvironmentVariable("VMNODEOPS_SIGKILLS"), out var count) ? Math.Clamp(count, 1, Points.Length) : 3;
        var right = 0;
        foreach (var (procedure, point) in Points.Take(wished))
        {
            await KillAndFinishAsync(procedure, point);
            right++;
        }

        var line = $"SIGKILL of a process: kill points: {wished}, ended right: {right}";
        output.WriteLine(line);
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "kill-points-sigkill.txt"), line + "\n");
    }

    private static async Task KillAndFinishAsync(string procedure, int point)
    {
        using var time = SimulatedTime.RealTime(Speed);
        await using var cluster = await SimulatedCluster.StartAsync(builder => (builder with { Time = time })
            .WithNodes("node-1", Invariants.NodeName, "node-3")
            .WithVirtualMachine("moves", vm => vm.On(Invariants.NodeName).LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("restarts", vm => vm.On(Invariants.NodeName).WithDisk())
            .WithVirtualMachine("elsewhere", vm => vm.On("node-3").WithDisk()));
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, cluster.Kubeconfig);
        var before = Invariants.MarksOf(cluster, Invariants.NodeName);
        var what = $"{procedure}, killed at request {point}";
        string[] command = procedure switch { "return" => Return, "recover" => Recover, _ => Drain };
        if (procedure == "return")
        {
            await RunAsync(Drain, kubeconfig, what);
        }
        else if (procedure == "recover")
        {
            cluster.CrashNode(Invariants.NodeName);
            await cluster.UntilAsync(() => cluster.Objects.Condition("nodes", Invariants.NodeName, "Ready", ns: null) == "Unknown", "the crash is noticed");
        }

        (await DiesAsync(cluster, command, kubeconfig, point)).Should().BeTrue($"{what}: it makes so many requests");
        await RunAsync(procedure == "resume" ? Resume : command, kubeconfig, what);
        if (procedure == "recover")
        {
            cluster.PowerOnNode(Invariants.NodeName);
        }

        if (procedure != "return")
        {
            await RunAsync(Return, kubeconfig, what);
        }

        Invariants.NoGuestRanTwice(cluster);
        Invariants.NothingOfOtherNodesWasTouched(cluster);
        Invariants.NothingOfOursIsLeft(cluster);
        Invariants.NoMachineIsForgotten(cluster, "moves", "restarts");
        Invariants.MarksOf(cluster, Invariants.NodeName).Should().Be(before, what);
        File.Delete(kubeconfig);
    }

    /// <returns>Whether it was killed; false if it was done before.</returns>
    private static async Task<bool> DiesAsync(SimulatedCluster cluster, string[] command, string kubeconfig, int point)
    {
        Process? process = null;
        using var started = new ManualResetEventSlim();
        using var rule = cluster.Faults.Add(new FaultRule
        {
            // The questions about rights come first and change nothing; how many there are is not the story.
            When = request => request.Resource != "selfsubjectaccessreviews",
            Skip = point - 1,
            Times = 1,
            Effect = FaultEffect.Choose(_ =>
            {
                started.Wait(Patience);
                process!.Kill();
                return point % 2 == 0 ? FaultEffect.CutAfter() : FaultEffect.CutBefore();
            }),
        });
        process = ChildProcess.Start([.. command, "--kubeconfig", kubeconfig]);
        started.Set();
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync()).WaitAsync(Patience);
        var killed = process.ExitCode == 128 + 9;
        process.Dispose();
        return killed;
    }

    private static async Task RunAsync(string[] command, string kubeconfig, string what)
    {
        using var process = ChildProcess.Start([.. command, "--kubeconfig", kubeconfig]);
        var output = process.StandardOutput.ReadToEndAsync();
        var talk = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        process.ExitCode.Should().Be(0, $"{what}, then {string.Join(' ', command)}: {await output}{await talk}");
    }
}
