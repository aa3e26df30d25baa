using System.Globalization;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>The clock's now and written times, as controllers use them.</summary>
internal static class ClockReading
{
    /// <summary>The clock's now, as metav1.Time.</summary>
    public static string Stamp(this SimulatedTime time) => Timestamps.Seconds(time.GetUtcNow());

    /// <summary>A written time; null when it is missing or no time.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
