using System.Globalization;

namespace VmNodeOps.Testing.Tables;

/// <summary>Ages as people read them: 45s, 3m10s, 2d4h, 99d.</summary>
internal static class Age
{
    public const string Unknown = "<unknown>";

    public static string Since(string? timestamp, DateTimeOffset now) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? Of(now - time) : Unknown;

    public static string Of(TimeSpan age)
    {
        if (age < TimeSpan.FromSeconds(-1))
        {
            return "<invalid>";
        }

        var seconds = Math.Max(0, (long)age.TotalSeconds);
        var (minutes, hours) = (seconds / 60, seconds / 3600);
        var days = hours / 24;
        return seconds < 120 ? $"{seconds}s"
            : minutes < 10 ? Two(minutes, "m", seconds % 60, "s")
            : minutes < 180 ? $"{minutes}m"
            : hours < 8 ? Two(hours, "h", minutes % 60, "m")
            : hours < 48 ? $"{hours}h"
            : days < 8 ? Two(days, "d", hours % 24, "h")
            : days < 2 * 365 ? $"{days}d"
            : days < 8 * 365 ? Two(days / 365, "y", days % 365, "d")
            : $"{days / 365}y";
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
