using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>Between trees and bytes.</summary>
internal static class JsonBytes
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static JsonObject Read(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8)!.AsObject();

    /// <summary>A copy whose values are all read from bytes: a number that was set as an int can be read as a long.</summary>
    public static JsonObject Canonical(JsonObject json) => Read(Write(json));
}
