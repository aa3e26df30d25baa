using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Patching;

/// <summary>Reads JSON that a client sent; what is wrong with it is said in the words of Go's decoder.</summary>
internal static class GoJson
{
    /// <exception cref="ApiErrorException">A 400, the decoder's words after the prefix.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> utf8, string prefix = "")
    {
        try
        {
            var node = JsonNode.Parse(utf8.Span);
            RefuseDuplicates(node);
            return node;
        }
        catch (JsonException exception)
        {
            throw ApiErrors.BadRequest(prefix + Explain(utf8.Span, exception));
        }
    }

    /// <summary>Says what a byte that cannot begin a value is, as Go quotes it.</summary>
    public static string Unexpected(byte found)
    {
        var quoted = found switch
        {
            (byte)'\'' => "\\'",
            >= 0x20 and < 0x7F => ((char)found).ToString(),
            (byte)'\n' => "\\n",
            (byte)'\r' => "\\r",
            (byte)'\t' => "\\t",
            < 0x80 => "\\x" + found.ToString("x2", CultureInfo.InvariantCulture),
            < 0xA1 => "\\u" + found.ToString("x4", CultureInfo.InvariantCulture),
            _ => ((char)found).ToString(),
        };
        return $"invalid character '{quoted}' looking for beginning of value";
    }

    private static string Explain(ReadOnlySpan<byte> utf8, JsonException exception)
    {
        var position = Position(utf8, exception);
        return position >= utf8.Length ? "unexpected end of JSON input" : Unexpected(utf8[position]);
    }

    private static int Position(ReadOnlySpan<byte> utf8, JsonException exception)
    {
        var start = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        }

        return start + (int)(exception.BytePositionInLine ?? 0);
    }

    /// <summary>The tree is read lazily, and a member that is there twice would only be found out later.</summary>
    private static void RefuseDuplicates(JsonNode? node)
    {
        try
        {
            Visit(node);
        }
        catch (ArgumentException exception)
        {
            throw ApiErrors.BadRequest(exception.Message);
        }
    }

    private static void Visit(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, value) in members)
                {
                    Visit(value);
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    Visit(value);
                }

                break;
        }
    }
}
