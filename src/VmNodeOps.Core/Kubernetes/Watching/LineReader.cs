using System.Buffers;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>Reads lines from a stream that may never end.</summary>
internal sealed class LineReader(Stream stream, int largest) : IAsyncDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>A line that is in memory already, without its end; valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at < 0)
            {
                _searched = _end;
                line = default;
                return false;
            }

            line = _buffer.AsMemory(_start, _searched + at - _start);
            _start = _searched = _searched + at + 1;
            if (!line.Span.Trim(" \r\t"u8).IsEmpty)
            {
                return true;
            }
        }
    }

    /// <summary>Reads on; false at the end of the stream. What stands after the last line's end is then <see cref="Rest"/>.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }

    /// <summary>What came after the last end of a line.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    public async ValueTask DisposeAsync()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            (_start, _end, _searched) = (0, 0, 0);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _searched, _start) = (_end - _start, _searched - _start, 0);
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        if (_buffer.Length > largest)
        {
            throw new InvalidDataException($"an event of a watch is larger than {largest} bytes");
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
