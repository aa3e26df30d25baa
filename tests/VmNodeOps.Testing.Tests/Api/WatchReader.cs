using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

/// <summary>Reads a watch frame by frame; a frame that does not come is a failure after ten real seconds.</summary>
internal sealed class WatchReader(ApiAnswer answer) : IDisposable
{
    private readonly IWatchStream _stream = ((WatchAnswer)answer).Stream;

    public async Task<WatchFrame?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _stream.ReadAsync(limit.Token);
    }

    /// <summary>The next frames as <c>TYPE name</c>.</summary>
    public async Task<List<string>> ReadAsync(int count)
    {
        var read = new List<string>();
        while (read.Count < count)
        {
            read.Add(Text(await ReadAsync()));
        }

        return read;
    }

    public async Task<List<string>> ReadToEndAsync()
    {
        var read = new List<string>();
        while (await ReadAsync() is { } frame)
        {
            read.Add(Text(frame));
        }

        return read;
    }

    public void Dispose() => _stream.Dispose();

    private static string Text(WatchFrame? frame) => frame is null ? "end" : $"{frame.Type} {frame.Object?.Name}".TrimEnd();
}
