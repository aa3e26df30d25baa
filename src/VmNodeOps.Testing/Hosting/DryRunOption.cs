using System.Text.Json;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Finds a dry run that is asked for in the body: in delete options, or in those inside an Eviction.</summary>
internal static class DryRunOption
{
    public static bool IsIn(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty || body.Span.IndexOf("\"dryRun\""u8) < 0)
        {
            return false;
        }

        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        return Asks(root) || (root.TryGetProperty("deleteOptions", out var options) && options.ValueKind == JsonValueKind.Object && Asks(options));
    }

    private static bool Asks(JsonElement options) =>
        options.TryGetProperty("dryRun", out var dryRun)
        && (dryRun.ValueKind == JsonValueKind.True || (dryRun.ValueKind == JsonValueKind.Array && dryRun.GetArrayLength() > 0));
}
