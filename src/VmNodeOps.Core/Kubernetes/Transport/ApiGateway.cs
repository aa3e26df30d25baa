using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>Every request of the adapter goes through here: time limits, repetition of reads, reading of bodies, and telling of trouble.</summary>
internal sealed class ApiGateway(ClusterConnection connection, KubernetesClusterOptions options) : IDisposable
{
    private readonly HttpTransport _transport = new(connection, options);
    private readonly Uri _root = new(connection.Server.AbsoluteUri.TrimEnd('/') + "/");

    public KubernetesClusterOptions Options => options;

    public ServerClock Clock => _transport.Clock;

    public ReadRetry Retry { get; } = new(options);

    /// <summary>Set once a server has refused to begin a watch with the present state; it is not asked again.</summary>
    public bool LacksInitialEvents { get; set; }

    /// <summary>How messages call the server.</summary>
    public string Server { get; } = connection.Server.GetLeftPart(UriPartial.Authority);

    /// <summary>Sends a request, repeats it if it is a read, and gives what is made of the body of a success.</summary>
    /// <exception cref="ClusterException">The server refused, or gave no answer.</exception>
    public async Task<T> SendAsync<T>(ApiRequest request, Func<AnswerBody, T> read, CancellationToken cancellationToken) => request.IsRead
        ? await Retry.ExecuteAsync(token => new ValueTask<T>(SendOnceAsync(request, read, token)), cancellationToken).ConfigureAwait(false)
        : await SendOnceAsync(request, read, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends a request whose success is one JSON value.</summary>
    public Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(request, body => Parse(request, body, type), cancellationToken);

    /// <summary>Sends a request whose success needs no reading.</summary>
    public Task SendAsync(ApiRequest request, CancellationToken cancellationToken) => SendAsync<object?>(request, static _ => null, cancellationToken);

    /// <summary>Opens a watch; the caller reads and disposes the answer. Not repeated here.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(request.TimeLimit ?? options.RequestTimeout, options.TimeProvider, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await _transport.SendAsync(() => Message(request, static () => { }), limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                using var refusal = await BodyOf(response, limit.Token).ConfigureAwait(false);
                throw Refusals.Of(request, response, refusal.Span, Server);
            }

            return Refusals.IsJson(response) ? response : throw Refusals.Strange(request, Kind(response), Server);
        }
        catch (Exception trouble)
        {
            response?.Dispose();
            throw Explain(request, trouble, sent: false, cancellationToken);
        }
    }

    public T Parse<T>(ApiRequest request, AnswerBody body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw Refusals.Strange(request, "nothing", Server);
        }
        catch (JsonException problem)
        {
            throw Refusals.Strange(request, "JSON that does not fit", Server, problem);
        }
    }

    public void Dispose() => _transport.Dispose();

    private async Task<T> SendOnceAsync<T>(ApiRequest request, Func<AnswerBody, T> read, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(request.TimeLimit ?? options.RequestTimeout, options.TimeProvider, cancellationToken);
        var sent = false;
        try
        {
            using var response = await _transport.SendAsync(() => Message(request, () => sent = true), limit.Token).ConfigureAwait(false);
            using var body = await BodyOf(response, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusals.Of(request, response, body.Span, Server);
            }

            return body.Length == 0 || Refusals.IsJson(response) ? read(body) : throw Refusals.Strange(request, Kind(response), Server);
        }
        catch (Exception trouble)
        {
            throw Explain(request, trouble, sent, cancellationToken);
        }
    }

    /// <summary>The exception to throw for trouble: what was told well already stays, and a caller that gave up hears of nothing else.</summary>
    public Exception Explain(ApiRequest request, Exception trouble, bool sent, CancellationToken cancellationToken) => trouble switch
    {
        ClusterException { Status: null } told when sent && !request.IsRead && !told.MayHaveBeenApplied => Opened(told),
        ClusterException or ArgumentException or ObjectDisposedException => trouble,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException($"Gave up: {request.What}.", trouble, cancellationToken),
        OperationCanceledException or TimeoutException or HttpRequestException or IOException =>
            TransportTrouble.Of(request, trouble, connection, sent),
        _ => trouble,
    };

    private static ClusterException Opened(ClusterException told) =>
        new(told.Cause, told.Message, told) { MayHaveBeenApplied = true };

    private Task<AnswerBody> BodyOf(HttpResponseMessage response, CancellationToken cancellationToken) =>
        AnswerBody.ReadAsync(response.Content, options.LargestAnswer, options.StallTimeout, options.TimeProvider, cancellationToken);

    private HttpRequestMessage Message(ApiRequest request, Action sending) => new(request.Method, new Uri(_root, request.Target.TrimStart('/')))
    {
        Content = request.Body is { } body ? new OutgoingBody(body, request.ContentType, sending) : null,
    };

    private static string Kind(HttpResponseMessage response) => $"{response.Content.Headers.ContentType?.MediaType ?? "no content type"} instead of JSON";
}
