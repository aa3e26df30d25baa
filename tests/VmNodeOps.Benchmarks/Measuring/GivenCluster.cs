using System.Diagnostics;
using VmNodeOps.Benchmarks.Means;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>Any cluster, by its kubeconfig. What only its server knows (requests, bytes, the last answer) is not known here; when the last pod has gone, a watch tells.</summary>
/// <param name="kubeconfig">The file; its user must have a client certificate or a token in it.</param>
/// <param name="prepare">A command for bash that makes the node's pods and takes the cordon off, before each run; NODE and KUBECONFIG are set.</param>
internal sealed class GivenCluster(string kubeconfig, string prepare) : IStage, IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("vmnodeops-bench-");
    private readonly CancellationTokenSource _stop = new();
    private Task<DateTimeOffset>? _gone;
    private DateTimeOffset _began;

    public string Kubeconfig { get; } = Path.GetFullPath(kubeconfig);

    public string Home => _home.FullName;

    public async Task BeginAsync(IEnumerable<string> nodes, bool hurry)
    {
        var client = new FloorClient(Kubeconfig);
        var gone = await FloorMeans.WatchPodsAsync(client, nodes.Single());
        _gone = StampAsync(client, gone);
        _began = DateTimeOffset.UtcNow;
    }

    public async Task<ServerMarks> EndAsync(bool settleAll) => new()
    {
        Began = _began,
        PodsGone = settleAll ? await _gone!.WaitAsync(TimeSpan.FromMinutes(1)) - _began : null,
        Requests = new Dictionary<string, long>(),
    };

    public async Task ResetAsync(params IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            var start = new ProcessStartInfo("bash", ["-c", prepare]) { WorkingDirectory = Home };
            start.Environment["KUBECONFIG"] = Kubeconfig;
            start.Environment["NODE"] = node;
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(_stop.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The command of --prepare ended with {process.ExitCode}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        _home.Delete(recursive: true);
    }

    private static async Task<DateTimeOffset> StampAsync(FloorClient client, Task gone)
    {
        using (client)
        {
            await gone;
            return DateTimeOffset.UtcNow;
        }
    }
}
