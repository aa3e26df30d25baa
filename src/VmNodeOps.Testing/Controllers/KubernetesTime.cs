using System.Globalization;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Timestamps as the API writes them: metav1.Time has seconds, metav1.MicroTime (leases) has microseconds.</summary>
internal static class KubernetesTime
{
    public static string Seconds(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Micro(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    /// <summary>The clock's now, as metav1.Time.</summary>
    public static string Stamp(this SimulatedTime time) => Seconds(time.GetUtcNow());
}
