using System.Text;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Access;

/// <summary>Reads a review about oneself that is sent as protobuf, as kubectl sends it since 1.32 whatever the server says it takes.</summary>
/// <remarks>The body is a magic number, then an envelope with the object's bytes in its second field. The object's second field is the spec.</remarks>
internal static class ProtobufReviews
{
    private static readonly string[] ResourceFields = ["", "namespace", "verb", "group", "version", "resource", "subresource", "name"];
    private static readonly string[] PathFields = ["", "path", "verb"];

    /// <summary>The review's JSON; null if this cannot be read.</summary>
    public static byte[]? ToJson(string kind, ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith("k8s\0"u8) || Field(body[4..], 2) is not { } review)
        {
            return null;
        }

        var spec = Field(review, 2) ?? default;
        JsonObject? json = kind switch
        {
            "SelfSubjectAccessReview" => AccessSpec(spec),
            "SelfSubjectRulesReview" => Texts(spec, ["", "namespace"]),
            "SelfSubjectReview" => [],
            _ => null,
        };
        return json is null ? null : Encoding.UTF8.GetBytes(new JsonObject { ["spec"] = json }.ToJsonString());
    }

    private static JsonObject AccessSpec(ReadOnlyMemory<byte> spec)
    {
        var json = new JsonObject();
        if (Field(spec, 1) is { } resource)
        {
            json["resourceAttributes"] = Texts(resource, ResourceFields);
        }

        if (Field(spec, 2) is { } path)
        {
            json["nonResourceAttributes"] = Texts(path, PathFields);
        }

        return json;
    }

    private static JsonObject Texts(ReadOnlyMemory<byte> message, string[] names)
    {
        var json = new JsonObject();
        for (var number = 1; number < names.Length; number++)
        {
            if (Field(message, number) is { Length: > 0 } text)
            {
                json[names[number]] = Encoding.UTF8.GetString(text.Span);
            }
        }

        return json;
    }

    /// <summary>The bytes of a length-delimited field; null if the message does not have it.</summary>
    private static ReadOnlyMemory<byte>? Field(ReadOnlyMemory<byte> message, int wanted)
    {
        while (!message.IsEmpty)
        {
            if (!TryVarint(ref message, out var tag))
            {
                return null;
            }

            switch (tag & 7)
            {
                case 0 when TryVarint(ref message, out _):
                    break;
                case 2 when TryVarint(ref message, out var length) && length <= (ulong)message.Length:
                    if (tag >> 3 == (ulong)wanted)
                    {
                        return message[..(int)length];
                    }

                    message = message[(int)length..];
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static bool TryVarint(ref ReadOnlyMemory<byte> message, out ulong value)
    {
        value = 0;
        for (var index = 0; index < Math.Min(10, message.Length); index++)
        {
            var part = message.Span[index];
            value |= (ulong)(part & 0x7f) << (7 * index);
            if (part < 0x80)
            {
                message = message[(index + 1)..];
                return true;
            }
        }

        return false;
    }
}
