using System.CommandLine;
using Microsoft.Extensions.Logging;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>What commands work with.</summary>
internal sealed class ToolServices(HostConsole console, TimeProvider time)
{
    public HostConsole Console => console;

    public TimeProvider Time => time;

    public SharedOptions Options { get; } = new();

    /// <summary>The plan that was approved before, and that is carried out or refused; null: whatever the plan is now.</summary>
    public MaintenancePlan? Approved { get; set; }

    public bool WantsJson(ParseResult parsed) => FormOf(parsed) != OutputForm.Text;

    public OutputForm FormOf(ParseResult parsed) => OutputForms.Find(parsed.GetValue(Options.Output) ?? "text") ?? OutputForm.Text;

    /// <summary>The cluster that the command line means. Nothing is sent yet.</summary>
    /// <exception cref="ClusterException">There is no such configuration.</exception>
    /// <param name="parsed">The command line.</param>
    /// <param name="atOnce">How long a request may take that is not repeated; null: as patient as the library.</param>
    public KubernetesCluster Connect(ParseResult parsed, TimeSpan? atOnce = null)
    {
        var log = LogOf<KubernetesCluster>(parsed);
        var connection = new KubernetesClusterOptions { TimeProvider = time, PageSize = parsed.GetValue(Options.ChunkSize), Logger = log };
        connection = atOnce is { } limit ? connection with { RequestTimeout = limit, ReadRetries = 0 } : connection;
        var context = parsed.GetValue(Options.Context);
        var cluster = parsed.GetValue(Options.Kubeconfig) is { } path
            ? KubernetesCluster.FromKubeConfig(path, context, connection)
            : KubernetesCluster.FromDefaults(context, connection);
        log?.Say(LogLevel.Information, $"The cluster is {cluster}");
        return cluster;
    }

    /// <summary>Who plans and runs on a cluster.</summary>
    public MaintenanceRunner RunnerOn(KubernetesCluster cluster, ParseResult parsed) => new(cluster, time, LogOf<MaintenanceRunner>(parsed));

    /// <summary>How often -v was said.</summary>
    public int VerbosityOf(ParseResult parsed) => parsed.GetResult(Options.Verbose)?.IdentifierTokenCount ?? 0;

    /// <summary>Does something that only reads, for as long as --timeout lets it.</summary>
    public async Task<T> ReadAsync<T>(ParseResult parsed, Func<KubernetesCluster, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var cluster = Connect(parsed);
        var timeout = parsed.GetValue(Options.Timeout);
        using var deadline = new CancellationTokenSource(timeout ?? System.Threading.Timeout.InfiniteTimeSpan, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await read(cluster, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException(ExitCode.TimedOut, $"The cluster did not answer within the {timeout} of --timeout ({cluster}).");
        }
    }

    private TalkLog<T>? LogOf<T>(ParseResult parsed) => VerbosityOf(parsed) switch
    {
        0 => null,
        1 => new TalkLog<T>(console.Error, LogLevel.Information, time),
        _ => new TalkLog<T>(console.Error, LogLevel.Debug, time),
    };
}
