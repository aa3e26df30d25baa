using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Hosting;

/// <summary>Reads a watch line by line.</summary>
internal sealed class WatchReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(HttpClient client, string path)
    {
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<JsonObject?> NextAsync() =>
        await _reader.ReadLineAsync() is { } line ? JsonNode.Parse(line)!.AsObject() : null;

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
