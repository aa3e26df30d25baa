using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;

namespace VmNodeOps.Scripting;

/// <summary>What the body of a script works with: the command line, a connected cluster, and runs that show how they go. Start with <see cref="RunAsync(IEnumerable{string}, Func{MaintenanceScript, Task})"/>.</summary>
/// <remarks>
/// <para>A whole script, for dotnet-script (<c>Args</c>) as for <c>dotnet run drain.cs</c> (<c>args</c>):</para>
/// <code>
/// return await MaintenanceScript.RunAsync(Args, async script =&gt; await script.RunAsync(script.OnNode().GracefulShutdown()));
/// </code>
/// <para>Data (plans, reports, <see cref="WriteLine"/>) goes to stdout, talk (progress, mistakes) to stderr. Ctrl+C and SIGTERM cancel <see cref="CancellationToken"/>, so that runs end in
/// good order with their reports; a second one ends the process at once. What is thrown becomes a sentence on stderr and an exit code.</para>
/// </remarks>
public sealed class MaintenanceScript : IDisposable
{
    private readonly HostConsole _console;
    private readonly List<ExitCode> _ended = [];
    private readonly HashSet<string> _read = [];
    private readonly Lazy<KubernetesCluster> _cluster;

    internal MaintenanceScript(ScriptArguments arguments, HostConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        Arguments = arguments;
        Time = time;
        CancellationToken = cancellationToken;
        _console = console;
        _cluster = new Lazy<KubernetesCluster>(Connect);
    }

    /// <summary>What the command line says.</summary>
    public ScriptArguments Arguments { get; }

    /// <summary>The cluster that the command line means; the one that kubectl would use if it names none. Connects at first use.</summary>
    /// <exception cref="ClusterException">There is no such configuration.</exception>
    public IClusterClient Cluster => _cluster.Value;

    /// <summary>The one node that the command line names.</summary>
    /// <exception cref="ScriptException">It names none, or more than one; ends with <see cref="ExitCode.Usage"/>.</exception>
    public string Node => Arguments.Nodes switch
    {
        [var node] => node,
        [] => throw new ScriptException(ExitCode.Usage, "Which node? Name it as an argument, or with --node.\nSee --help."),
        _ => throw new ScriptException(ExitCode.Usage, $"One node, please: this script was given {string.Join(", ", Arguments.Nodes)}."),
    };

    /// <summary>Cancelled by Ctrl+C and SIGTERM. Pass it to whatever the script waits for.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The clock of the script.</summary>
    public TimeProvider Time { get; }

    /// <summary>Runs the body of a script.</summary>
    /// <param name="args">The script's arguments: <c>Args</c> in a <c>.csx</c>, <c>args</c> in a <c>.cs</c>.</param>
    /// <param name="body">The script. It has ended well if every run in it has.</param>
    /// <returns>The exit code, an <see cref="ExitCode"/>; return it from the script.</returns>
    public static async Task<int> RunAsync(IEnumerable<string> args, Func<MaintenanceScript, Task> body)
    {
        var console = SystemConsole.Open();
        using var signals = new Signals(console.Error);
        return (int)await RunAsync(args, body, console, TimeProvider.System, signals.Token).ConfigureAwait(false);
    }

    /// <summary>Runs a script that is one maintenance.</summary>
    /// <param name="args">The script's arguments: <c>Args</c> in a <c>.csx</c>, <c>args</c> in a <c>.cs</c>.</param>
    /// <param name="maintenance">Composes the maintenance: <c>script =&gt; script.OnNode().GracefulShutdown()</c>.</param>
    /// <returns>The exit code, an <see cref="ExitCode"/>; return it from the script.</returns>
    public static Task<int> RunAsync(IEnumerable<string> args, Func<MaintenanceScript, NodeMaintenance> maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return RunAsync(args, script => script.RunAsync(maintenance(script)));
    }

    internal static Task<ExitCode> RunAsync(
        IEnumerable<string> args, Func<MaintenanceScript, Task> body, HostConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(body);
        return HostOutcome.OfAsync(console, RunBodyAsync, "The script failed", cancellationToken);

        async Task<ExitCode> RunBodyAsync()
        {
            var arguments = ScriptArguments.Parse(args);
            if (arguments.Help)
            {
                console.Out.WriteLine(ScriptArguments.Usage);
                return ExitCode.Done;
            }

            using var script = new MaintenanceScript(arguments, console, time, cancellationToken);
            await body(script).ConfigureAwait(false);
            script.TellOfUnreadValues();
            return ExitCodes.Together(script._ended);
        }
    }

    /// <summary>Begins a maintenance of the node that the command line names.</summary>
    /// <exception cref="ScriptException">It names none, or more than one; ends with <see cref="ExitCode.Usage"/>.</exception>
    public NodeMaintenance OnNode() => OnNode(Node);

    /// <summary>Begins a maintenance of a node.</summary>
    public static NodeMaintenance OnNode(string nodeName) => NodeMaintenance.OnNode(nodeName);

    /// <summary>A value from <c>--set name=value</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="otherwise">What it is if it was not set; null: it must be.</param>
    /// <exception cref="ScriptException">It was not set and must be; ends with <see cref="ExitCode.Usage"/>.</exception>
    public string Value(string name, string? otherwise = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _read.Add(name);
        return Arguments.Values.GetValueOrDefault(name) ?? otherwise
            ?? throw new ScriptException(ExitCode.Usage, $"This script needs a value: --set {name}=…{NearestName.Hint(name, Arguments.Values.Keys)}");
    }

    /// <summary>Plans a maintenance and runs the plan, shows how it goes, and writes the report. With <c>--dry-run</c> it writes the plan and no more.</summary>
    /// <returns>The report; null after a dry run. The script goes on whatever the result is; its exit code tells it.</returns>
    /// <exception cref="ClusterException">The plan could not be made; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the report so far was written.</exception>
    public async Task<MaintenanceReport?> RunAsync(NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        maintenance = Arguments.Timeout is { } timeout ? maintenance.With(options => options with { Timeout = timeout }) : maintenance;
        var runner = new MaintenanceRunner(Cluster, Time);
        if (Arguments.DryRun)
        {
            var plan = await runner.PlanAsync(maintenance, CancellationToken).ConfigureAwait(false);
            _console.Write(plan, Arguments.Output);
            _ended.Add(ExitCodes.Of(plan));
            return null;
        }

        var events = runner.StreamAsync(maintenance, cancellationToken: CancellationToken);
        var report = await new RunProgress(_console, Arguments.Output, Arguments.Quiet).FollowAsync(events).ConfigureAwait(false);
        _console.Write(report, Arguments.Output);
        _ended.Add(ExitCodes.Of(report));
        CancellationToken.ThrowIfCancellationRequested();
        return report;
    }

    /// <summary>The virtual machines of a node, and what would become of each. Reads only.</summary>
    /// <exception cref="ClusterException">There is no such node, or the cluster could not be read.</exception>
    public Task<NodeInventory> ReadNodeAsync(string nodeName) => NodeInventory.ReadAsync(Cluster, nodeName, CancellationToken);

    /// <summary>Writes a line of data to stdout. Control characters, which a cluster's texts may hold, are replaced.</summary>
    public void WriteLine(string text) => _console.WriteData(text);

    /// <summary>Says something to whoever looks on, on stderr; nothing with <c>--quiet</c>.</summary>
    public void Say(string text)
    {
        if (!Arguments.Quiet)
        {
            _console.Error.WriteLine(text);
            _console.Error.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_cluster.IsValueCreated)
        {
            _cluster.Value.Dispose();
        }
    }

    private KubernetesCluster Connect()
    {
        var options = new KubernetesClusterOptions { TimeProvider = Time };
        return Arguments.Kubeconfig is { } path
            ? KubernetesCluster.FromKubeConfig(path, Arguments.Context, options)
            : KubernetesCluster.FromDefaults(Arguments.Context, options);
    }

    /// <summary>A value that nobody asked for is most likely misspelled.</summary>
    private void TellOfUnreadValues()
    {
        foreach (var name in Arguments.Values.Keys.Where(name => !_read.Contains(name)).Order(StringComparer.Ordinal))
        {
            _console.Error.WriteLine($"The script did not ask for '{name}', which --set gave it.{NearestName.Hint(name, _read)}");
        }
    }
}
