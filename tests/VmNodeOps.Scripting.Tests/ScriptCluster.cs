using VmNodeOps.Testing;

namespace VmNodeOps.Scripting.Tests;

/// <summary>What a script, run in this process, said and how it ended.</summary>
internal sealed record ScriptRun(ExitCode ExitCode, string Out, string Error);

/// <summary>A simulated cluster in virtual time, and scripts that run on it.</summary>
internal sealed class ScriptCluster : IAsyncDisposable
{
    private ScriptCluster(SimulatedCluster simulated) => Simulated = simulated;

    public SimulatedCluster Simulated { get; }

    public string Kubeconfig { get; } = Path.GetTempFileName();

    public static async Task<ScriptCluster> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? configure = null)
    {
        var cluster = new ScriptCluster(await SimulatedCluster.StartAsync(builder => (configure ?? TwoMachines)(builder.WithNodes("worker-1", "worker-2", "worker-3"))));
        cluster.Simulated.WriteKubeconfig(cluster.Kubeconfig);
        return cluster;
    }

    public static SimulatedClusterBuilder TwoMachines(SimulatedClusterBuilder builder) => builder
        .WithVirtualMachine("db", machine => machine.In("prod").On("worker-1").WithDisk())
        .WithVirtualMachine("web", machine => machine.In("prod").On("worker-1").LiveMigrate().WithDisk(shared: true));

    public static SimulatedClusterBuilder Slow(SimulatedClusterBuilder builder) => builder.WithVirtualMachine(
        "slow", machine => machine.In("prod").On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(10) }));

    public async Task<ScriptRun> RunAsync(Func<MaintenanceScript, Task> body, string arguments, TextWriter? talk = null, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new HostConsole(output, talk ?? error, TextReader.Null);
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var exitCode = await MaintenanceScript.RunAsync([.. words, "--kubeconfig", Kubeconfig], body, console, Simulated.Time, cancellationToken);
        return new ScriptRun(exitCode, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(Kubeconfig);
        await Simulated.DisposeAsync();
    }
}
