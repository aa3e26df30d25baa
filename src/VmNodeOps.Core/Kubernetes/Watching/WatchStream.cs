using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>One open watch request.</summary>
internal sealed class WatchStream : IAsyncDisposable
{
    private readonly ApiGateway _gateway;
    private readonly ApiRequest _request;
    private readonly HttpResponseMessage _response;
    private readonly LineReader _lines;
    private readonly CancellationTokenSource _overdue;
    private readonly long _openedAt;
    private bool _ended;
    private bool _heard;

    private WatchStream(ApiGateway gateway, ApiRequest request, HttpResponseMessage response, Stream stream)
    {
        (_gateway, _request, _response) = (gateway, request, response);
        _lines = new LineReader(stream, gateway.Options.LargestAnswer);
        _openedAt = gateway.Options.TimeProvider.GetTimestamp();
        // The server ends it after the asked duration; if it does not, it has forgotten us.
        _overdue = new CancellationTokenSource(gateway.Options.WatchDuration + gateway.Options.RequestTimeout, gateway.Options.TimeProvider);
    }

    /// <summary>How long it has been open.</summary>
    public TimeSpan Age => _gateway.Options.TimeProvider.GetElapsedTime(_openedAt);

    /// <summary>Whether it was cut because nothing at all had come for too long.</summary>
    public bool FellSilent { get; private set; }

    public static async Task<WatchStream> OpenAsync(ApiGateway gateway, ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await gateway.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new WatchStream(gateway, request, response, stream);
    }

    /// <summary>A line that has come already; valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> line) => _lines.TryTake(out line);

    /// <summary>The next line; null at the end of the stream, or when it has been silent for too long.</summary>
    /// <exception cref="ClusterException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_lines.TryTake(out var line))
        {
            return line;
        }

        if (_ended)
        {
            return null;
        }

        using var silence = new CancellationTokenSource(_gateway.Options.WatchSilence, _gateway.Options.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _overdue.Token, cancellationToken);
        try
        {
            while (await _lines.FillAsync(any.Token).ConfigureAwait(false))
            {
                _heard = true;
                if (_lines.TryTake(out line))
                {
                    return line;
                }
            }

            _ended = true;
            return _lines.Rest.Span.Trim(" \r\t"u8).IsEmpty ? null : _lines.Rest;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && any.IsCancellationRequested)
        {
            // A read that is cut may fail in many ways; by whose hand it was cut is what counts.
            FellSilent = !_heard;
            return null;
        }
        catch (Exception trouble)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Broken(trouble, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _lines.DisposeAsync().ConfigureAwait(false);
        _overdue.Dispose();
    }

    private Exception Broken(Exception trouble, CancellationToken cancellationToken) => trouble is InvalidDataException
        ? Refusals.Strange(_request, trouble.Message, _gateway.Server, trouble)
        : _gateway.Explain(_request, trouble, sent: false, cancellationToken);
}
