using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Tables;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Streams the events of a watch: one JSON document a line, sent at once, several together only when several are waiting.</summary>
internal sealed class WatchWriter(ServerSettings settings)
{
    public async Task WriteAsync(Exchange exchange, WatchAnswer watch, Representation form)
    {
        using var stream = watch.Stream;
        await exchange.WaitAsync(exchange.Fault.DelayAnswer).ConfigureAwait(false);
        if (exchange.Fault.Cut is CutPoint.After or CutPoint.InBody)
        {
            exchange.Cut();
        }

        if (exchange.Fault.Cut == CutPoint.NoAnswer)
        {
            stream.Dispose();
            await exchange.StallAsync().ConfigureAwait(false);
        }

        exchange.Log.StatusCode = StatusCodes.Status200OK;
        exchange.Context.Response.StatusCode = StatusCodes.Status200OK;
        exchange.Context.Response.ContentType = ResponseWriter.Json;
        // The client learns that the watch is open before anything happens.
        await exchange.Context.Response.Body.FlushAsync(exchange.Aborted).ConfigureAwait(false);
        if (exchange.Fault.Cut == CutPoint.Stall)
        {
            stream.Dispose();
            await exchange.StallAsync().ConfigureAwait(false);
        }

        await new Run(exchange, stream, EventFormOf(exchange, watch.Type, form)).PumpAsync().ConfigureAwait(false);
        await exchange.Context.Response.CompleteAsync().ConfigureAwait(false);
    }

    private Func<WatchFrame, JsonNode?> EventFormOf(Exchange exchange, ResourceType type, Representation form)
    {
        switch (form.Shape)
        {
            case Shape.Table:
                var first = true;
                return frame =>
                {
                    var table = new TableWriter(
                        TableCatalog.For(type, settings.Minor),
                        new TableContext(exchange.Time.GetUtcNow(), settings.Minor),
                        form.Version,
                        exchange.Target.Query.GetValueOrDefault("includeObject", "Metadata")) { WithColumns = first };
                    var json = frame.Object?.Json ?? frame.Body!;
                    first = false;
                    return table.Document([json], (string?)json["metadata"]?["resourceVersion"]);
                };
            case Shape.Metadata:
                return frame => PartialMetadata.Of(frame.Object?.Json ?? frame.Body!, form.Version);
            default:
                return _ => null;
        }
    }

    /// <summary>One watch from its first byte to its last.</summary>
    private sealed class Run(Exchange exchange, IWatchStream stream, Func<WatchFrame, JsonNode?> convert)
    {
        private const int FlushFrom = 64 * 1024;

        private readonly ArrayBufferWriter<byte> _buffer = new(4096);
        private readonly WatchEffect? _trouble = exchange.Fault.Watch;
        private int _events;

        public async Task PumpAsync()
        {
            using var after = _trouble?.After is { } limit ? new CancellationTokenSource(limit, exchange.Time) : new CancellationTokenSource();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted, after.Token);
            try
            {
                while (!IsDue())
                {
                    if (await NextAsync(either.Token).ConfigureAwait(false) is not { } frame)
                    {
                        await FlushAsync().ConfigureAwait(false);
                        return;
                    }

                    if (_trouble?.Trouble == WatchTrouble.Cut && HadItsEvents())
                    {
                        // This event is the one in whose middle the connection goes.
                        break;
                    }

                    Write(frame);
                }
            }
            catch (OperationCanceledException) when (after.IsCancellationRequested && !exchange.Aborted.IsCancellationRequested)
            {
                // The fault's time has come.
                exchange.Hold();
            }

            await FailAsync(_trouble!.Trouble).ConfigureAwait(false);
        }

        /// <summary>A cut needs one more event to happen in; everything else happens when the last allowed event is written.</summary>
        private bool IsDue() => _trouble is { Trouble: not WatchTrouble.Cut } && HadItsEvents();

        private bool HadItsEvents() => _events >= _trouble!.AfterEvents && (_trouble.AfterEvents > 0 || _trouble.After is null);

        private async ValueTask<WatchFrame?> NextAsync(CancellationToken cancellationToken)
        {
            var next = stream.ReadAsync(cancellationToken);
            if (next.IsCompleted)
            {
                if (_buffer.WrittenCount > FlushFrom)
                {
                    await FlushAsync().ConfigureAwait(false);
                }

                return await next.ConfigureAwait(false);
            }

            await FlushAsync().ConfigureAwait(false);
            exchange.Release();
            var frame = await next.ConfigureAwait(false);
            exchange.Hold();
            return frame;
        }

        private void Write(WatchFrame frame)
        {
            _events++;
            _buffer.Write("{\"type\":\""u8);
            _buffer.Write(System.Text.Encoding.ASCII.GetBytes(frame.Type));
            _buffer.Write("\",\"object\":"u8);
            if (frame.Type != "ERROR" && convert(frame) is { } converted)
            {
                WriteNode(converted);
            }
            else if (frame.Object is { } stored)
            {
                _buffer.Write(stored.Utf8.Span);
            }
            else
            {
                WriteNode(frame.Body!);
            }

            _buffer.Write("}\n"u8);
        }

        private void WriteNode(JsonNode node)
        {
            using var writer = new Utf8JsonWriter(_buffer);
            node.WriteTo(writer);
        }

        private async Task FlushAsync()
        {
            if (_buffer.WrittenCount == 0)
            {
                return;
            }

            var body = exchange.Context.Response.Body;
            await body.WriteAsync(_buffer.WrittenMemory, exchange.Aborted).ConfigureAwait(false);
            await body.FlushAsync(exchange.Aborted).ConfigureAwait(false);
            exchange.Log.AddBytesOut(_buffer.WrittenCount);
            _buffer.ResetWrittenCount();
        }

        private async Task FailAsync(WatchTrouble trouble)
        {
            switch (trouble)
            {
                case WatchTrouble.Expire:
                    var gone = ApiErrorException.Create(410, "Expired", "too old resource version: 1 (2)");
                    Write(new WatchFrame("ERROR", null, gone.Status));
                    await FlushAsync().ConfigureAwait(false);
                    break;
                case WatchTrouble.Silence:
                    await FlushAsync().ConfigureAwait(false);
                    // What happens from now on waits for nobody.
                    stream.Dispose();
                    await exchange.StallAsync().ConfigureAwait(false);
                    break;
                case WatchTrouble.Cut:
                    _buffer.Write("{\"type\":\"MODIFIED\",\"object\":{\"kind\":"u8);
                    await FlushAsync().ConfigureAwait(false);
                    exchange.Cut();
                    break;
                default:
                    await FlushAsync().ConfigureAwait(false);
                    break;
            }
        }
    }
}
