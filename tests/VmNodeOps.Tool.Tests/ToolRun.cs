using Spectre.Console;
using VmNodeOps.Testing;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Tool.Tests;

/// <summary>One command line, run in this process, and what it said.</summary>
internal sealed record ToolRun
{
    public required ExitCode ExitCode { get; init; }

    public required string Out { get; init; }

    public required string Error { get; init; }

    /// <summary>Runs a command line without a terminal.</summary>
    public static Task<ToolRun> OfAsync(params string[] arguments) => OfAsync(arguments, TimeProvider.System);

    /// <param name="arguments">The command line.</param>
    /// <param name="time">The clock of the tool.</param>
    /// <param name="answers">What somebody at the terminal types; null: there is no terminal.</param>
    /// <param name="live">Whether progress is drawn live.</param>
    /// <param name="talk">Takes the talk as it comes; null: only the result has it.</param>
    /// <param name="cancellationToken">Stands for Ctrl+C.</param>
    public static async Task<ToolRun> OfAsync(
        string[] arguments, TimeProvider time, string? answers = null, bool live = false, StringWriter? talk = null, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var error = talk ?? new StringWriter();
        var console = new HostConsole(output, error, new StringReader(answers ?? "")) { CanAsk = answers is not null, Live = live ? Terminal(error) : null };
        var exitCode = await Application.RunAsync(arguments, console, time, cancellationToken);
        return new ToolRun { ExitCode = exitCode, Out = output.ToString(), Error = error.ToString() };
    }

    private static IAnsiConsole Terminal(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 200;
        return console;
    }
}

/// <summary>A simulated cluster in virtual time, and the way to it.</summary>
internal sealed class ToolCluster : IAsyncDisposable
{
    private readonly string _kubeconfig = Path.GetTempFileName();

    private ToolCluster(SimulatedCluster cluster) => Simulated = cluster;

    public SimulatedCluster Simulated { get; }

    public static async Task<ToolCluster> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder> configure)
    {
        var cluster = new ToolCluster(await SimulatedCluster.StartAsync(builder => configure(builder.WithNodes("worker-1", "worker-2", "worker-3"))));
        cluster.ActAs(cluster.Simulated.Kubeconfig);
        return cluster;
    }

    /// <summary>From now on the tool uses that kubeconfig.</summary>
    public void ActAs(string kubeconfig) => File.WriteAllText(_kubeconfig, kubeconfig);

    public Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(arguments, answers: null);

    public Task<ToolRun> RunAsync(
        string[] arguments, string? answers, bool live = false, StringWriter? talk = null, CancellationToken cancellationToken = default) =>
        ToolRun.OfAsync([.. arguments, "--kubeconfig", _kubeconfig], Simulated.Time, answers, live, talk, cancellationToken);

    /// <summary>Takes a node's power and waits until the API server knows that it is silent.</summary>
    public async Task CrashAsync(string node)
    {
        Simulated.CrashNode(node);
        await Simulated.Time.AdvanceAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_kubeconfig);
        await Simulated.DisposeAsync();
    }
}
