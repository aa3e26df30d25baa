using System.Text.Json;

namespace VmNodeOps;

/// <summary>Reads documents that say their schema version. Additions do not raise it, so unknown members are passed over, and members that an older one lacks have their defaults; the version comes first, because a newer one may have changed everything else.</summary>
internal static class VersionedJson
{
    /// <param name="json">The text.</param>
    /// <param name="what">What people call it: <c>a maintenance plan</c>.</param>
    /// <param name="current">The newest version that can be read.</param>
    /// <exception cref="FormatException">It is something else, or of a newer version.</exception>
    public static T Read<T>(string json, string what, int current)
        where T : class
    {
        EnsureKnown(json, what, current);
        try
        {
            return JsonSerializer.Deserialize(json, MaintenanceJson.Reader<T>()) ?? throw new FormatException($"This is not {what}: it is empty.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"This is not {what}: {exception.Message}", exception);
        }
    }

    /// <exception cref="FormatException">It is of a newer version.</exception>
    public static void EnsureKnown(string json, string what, int current)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (VersionOf(json) is { } version && version > current)
        {
            throw new FormatException($"This is {what} of schema version {version}; this VmNodeOps reads up to {current}. Use the version that made it, or a newer one.");
        }
    }

    /// <returns>The version that a JSON object says; null if it says none, or is none.</returns>
    public static int? VersionOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schemaVersion", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
