using System.Buffers;
using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>The whole body of an answer, in a rented buffer. Dispose it to give the buffer back.</summary>
internal sealed class AnswerBody : IDisposable
{
    private byte[] _buffer;

    private AnswerBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        Length = length;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>Reads a body to its end. A pause longer than <paramref name="stall"/> ends it: servers have been seen to stop in the middle for ever.</summary>
    /// <exception cref="TimeoutException">The body paused for too long.</exception>
    /// <exception cref="ClusterException">The body is larger than <paramref name="largest"/>.</exception>
    public static async Task<AnswerBody> ReadAsync(HttpContent content, int largest, TimeSpan stall, TimeProvider time, CancellationToken cancellationToken)
    {
        var expected = (int)Math.Clamp(content.Headers.ContentLength ?? 16 * 1024, 256, largest);
        var body = new AnswerBody(ArrayPool<byte>.Shared.Rent(expected + 1), 0);
        try
        {
            using var pause = new CancellationTokenSource(stall, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            int count;
            while ((count = await ReadAsync(stream, body, pause, either.Token, cancellationToken).ConfigureAwait(false)) > 0)
            {
                body.Length += count;
                if (body.Length > largest)
                {
                    throw new ClusterException(ClusterErrorCause.ServerError, $"the answer is larger than {largest} bytes");
                }

                body.Grow(largest);
                pause.CancelAfter(stall);
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            Length = 0;
        }
    }

    private static async ValueTask<int> ReadAsync(
        Stream stream, AnswerBody body, CancellationTokenSource pause, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(body._buffer.AsMemory(body.Length), either).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the answer began and then stopped");
        }
    }

    private void Grow(int largest)
    {
        if (Length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_buffer.Length * 2L, largest + 1L));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
