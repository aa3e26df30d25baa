using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting.Tests.Samples;

/// <summary>What the server answered.</summary>
internal sealed record Answer(int Status, string ContentType, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string Detail => Json.GetProperty("detail").GetString()!;
}

/// <summary>An event as it came over the wire.</summary>
internal sealed record SentEvent(long Id, JsonElement Data)
{
    public string Type => Data.GetProperty("type").GetString()!;
}

/// <summary>The sample PlatformApi in a process of its own, on a port that the system chooses, and a client of it.</summary>
internal sealed partial class PlatformProcess : IAsyncDisposable
{
    private static readonly string Sample = Path.Combine(
        Repository.Root, "samples", "PlatformApi", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "PlatformApi.dll");

    private readonly Process _process;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));
    private readonly HttpClient _client = new();
    private readonly List<string> _said = [];
    private readonly TaskCompletionSource<Uri> _address = new();
    private readonly Task _reading;

    private PlatformProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public CancellationToken Limit => _limit.Token;

    public static async Task<PlatformProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Sample, "--urls", "http://127.0.0.1:0", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var platform = new PlatformProcess(Process.Start(start)!);
        var address = await Task.WhenAny(platform._address.Task, platform._reading.ContinueWith(_ => new Uri("about:blank"), TaskScheduler.Default)).Unwrap().WaitAsync(platform.Limit);
        platform._client.BaseAddress = address.Scheme == "http" ? address : throw new InvalidOperationException($"It ended: {platform.Said()}");
        return platform;
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));

    public Task<Answer> PostAsync(string path, object body) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) });

    public Task<Answer> PostTextAsync(string path, string body) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) });

    /// <returns>The id of the plan that was made.</returns>
    public async Task<string> PlanAsync(object body)
    {
        var planned = await PostAsync("/maintenances", body);
        planned.Status.Should().Be(201, planned.Text);
        return planned.Json.GetProperty("id").GetString()!;
    }

    /// <summary>Opens the events of a maintenance; the headers have come by then.</summary>
    public async Task<IAsyncEnumerable<SentEvent>> OpenEventsAsync(string id, long? after = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/maintenances/{id}/events");
        if (after is { } last)
        {
            request.Headers.Add("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture));
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Limit);
        response.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        return ReadEventsAsync(response);
    }

    /// <summary>Tells the process to stop, as an orchestrator does.</summary>
    /// <returns>The exit code, and everything that it wrote.</returns>
    public async Task<(int ExitCode, string Said)> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Limit);
        }

        await _process.WaitForExitAsync(Limit);
        await _reading;
        return (_process.ExitCode, Said());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _client.Dispose();
        _limit.Dispose();
    }

    private static async IAsyncEnumerable<SentEvent> ReadEventsAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var fields = new Dictionary<string, string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                fields[line.Split(": ")[0]] = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
                continue;
            }

            yield return new SentEvent(long.Parse(fields["id"], CultureInfo.InvariantCulture), JsonElement.Parse(fields["data"]));
            fields.Clear();
        }
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request, Limit);
            return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsStringAsync(Limit));
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Add(line);
            }

            if (Listening().Match(line) is { Success: true } match)
            {
                _address.TrySetResult(new Uri(match.Groups["address"].Value));
            }
        }
    }

    private string Said()
    {
        lock (_said)
        {
            return string.Join('\n', _said);
        }
    }

    [GeneratedRegex("Now listening on: (?<address>http://127[.]0[.]0[.]1:[0-9]+)")]
    private static partial Regex Listening();
}
