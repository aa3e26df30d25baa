using System.Text.Json;

namespace VmNodeOps.Kubernetes.Wire;

/// <summary>The kinds of events on the wire.</summary>
internal enum WatchLineKind
{
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,

    /// <summary>A kind that is not known: what it means cannot be told, so the state is read again.</summary>
    Strange,
}

/// <summary>One line of a watch, split into its kind and the place of its object.</summary>
internal readonly ref struct WatchLine
{
    private WatchLine(WatchLineKind kind, ReadOnlySpan<byte> body)
    {
        Kind = kind;
        Body = body;
    }

    public WatchLineKind Kind { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <exception cref="JsonException">The line is no watch event.</exception>
    public static WatchLine Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        WatchLineKind? kind = null;
        var body = default(Range?);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A watch event is an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                kind = KindOf(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                body = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Skip();
            }
        }

        return kind is { } known && body is { } found ? new WatchLine(known, line[found]) : throw new JsonException("A watch event has a type and an object.");
    }

    private static WatchLineKind KindOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? WatchLineKind.Strange
        : reader.ValueTextEquals("ADDED"u8) ? WatchLineKind.Added
        : reader.ValueTextEquals("MODIFIED"u8) ? WatchLineKind.Modified
        : reader.ValueTextEquals("DELETED"u8) ? WatchLineKind.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchLineKind.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? WatchLineKind.Error
        : WatchLineKind.Strange;
}
