using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>The two time formats of the API: seconds for almost everything, microseconds for leases.</summary>
internal static class Timestamps
{
    public static string Seconds(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Microseconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time in a member of an object; null if there is none.</summary>
    public static DateTimeOffset? Parse(JsonNode? node) =>
        (string?)node is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : null;
}
