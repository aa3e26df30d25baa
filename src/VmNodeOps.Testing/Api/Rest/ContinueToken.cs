using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Patching;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>Where a paged list goes on: after which object, at which revision; -1 stands for whatever there is now.</summary>
internal sealed record ContinueToken(long Revision, ObjectKey After)
{
    private const string Version = "meta.k8s.io/v1";
    private const string Prefix = "invalid continue token: continue key is not valid: ";

    public static ContinueToken Decode(string text)
    {
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(WithoutTrailingBits(text));
        }
        catch (FormatException)
        {
            var position = text.AsSpan().IndexOfAnyExcept(Alphabet);
            throw ApiErrors.BadRequest(string.Create(
                CultureInfo.InvariantCulture, $"{Prefix}illegal base64 data at input byte {(position < 0 ? text.Length : position)}"));
        }

        if (bytes.Length > 0 && bytes[0] is not (byte)'{')
        {
            throw ApiErrors.BadRequest(Prefix + GoJson.Unexpected(bytes[0]));
        }

        return Read(GoJson.Parse(bytes, Prefix)!.AsObject());
    }

    public string Encode()
    {
        var start = After.Namespace.Length == 0 ? $"/{After.Name}\0" : $"/{After.Namespace}/{After.Name}\0";
        var json = new JsonObject { ["v"] = Version, ["rv"] = Revision, ["start"] = start };
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>Go's decoder does not look at the bits of the last character that make no byte; .NET's refuses them.</summary>
    private static string WithoutTrailingBits(string text)
    {
        var unused = (text.Length % 4) switch { 2 => 4, 3 => 2, _ => 0 };
        var last = unused == 0 ? -1 : Alphabet.IndexOf(text[^1]);
        return last < 0 ? text : text[..^1] + Alphabet[last >> unused << unused];
    }

    private static ReadOnlySpan<char> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static ContinueToken Read(JsonObject json)
    {
        var version = (string?)json["v"];
        if (version != Version)
        {
            throw ApiErrors.BadRequest($"{Prefix}server does not recognize this encoded version \"{version}\"");
        }

        var start = (string?)json["start"] ?? "";
        var revision = (long?)json["rv"] ?? 0;
        if (start.Length == 0)
        {
            throw ApiErrors.BadRequest($"{Prefix}encoded start key empty (version {Version})");
        }

        if (revision == 0)
        {
            throw ApiErrors.BadRequest($"{Prefix}incorrect encoded start resourceVersion (version {Version})");
        }

        var parts = start.Trim('/', '\0').Split('/', 2);
        return new ContinueToken(revision, parts.Length == 1 ? new ObjectKey("", parts[0]) : new ObjectKey(parts[0], parts[1]));
    }
}
