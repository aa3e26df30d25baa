using System.CommandLine;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;

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
    public KubernetesCluster Connect(ParseResult parsed)
    {
        var connection = new KubernetesClusterOptions { TimeProvider = time, PageSize = parsed.GetValue(Options.ChunkSize) };
        var context = parsed.GetValue(Options.Context);
        return parsed.GetValue(Options.Kubeconfig) is { } path
            ? KubernetesCluster.FromKubeConfig(path, context, connection)
            : KubernetesCluster.FromDefaults(context, connection);
    }

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
}
