using System.Diagnostics;
using System.Text.Json;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>The simulated cluster in a process of its own, seen from outside. Disposing ends it.</summary>
internal sealed class ServerProcess : IStage, IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder) => (_process, _folder) = (process, folder);

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public string Home => _folder;

    public int Id => _process.Id;

    /// <summary>How long it took until everything was there.</summary>
    public TimeSpan TookToStart { get; private init; }

    public static async Task<ServerProcess> StartAsync(Func<string, SceneRequest> scene)
    {
        var folder = Directory.CreateTempSubdirectory("vmnodeops-bench-").FullName;
        var began = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo("dotnet", [typeof(ServerProcess).Assembly.Location, .. scene(Path.Combine(folder, "kubeconfig")).ToArguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var server = new ServerProcess(process, folder);
        await server.ReadAsync();
        return new ServerProcess(process, folder) { TookToStart = Stopwatch.GetElapsedTime(began) };
    }

    public Task BeginAsync(IEnumerable<string> nodes, bool hurry) => OrderAsync($"begin {hurry} {string.Join(' ', nodes)}");

    public async Task<ServerMarks> EndAsync(bool settleAll) =>
        JsonSerializer.Deserialize<ServerMarks>(await OrderAsync($"end {settleAll}"))!;

    public Task CrashAsync(string node) => OrderAsync($"crash {node}");

    public Task ResetAsync(params IEnumerable<string> nodes) => OrderAsync($"reset {string.Join(' ', nodes)}");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> OrderAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    private async Task<string> ReadAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended.");
        return line.StartsWith("""{"error":""", StringComparison.Ordinal) ? throw new InvalidOperationException($"The server: {JsonDocument.Parse(line).RootElement.GetProperty("error")}") : line;
    }
}
