namespace VmNodeOps.Tests.Scenes;

/// <summary>A clock that is off by a fixed time; its timers and stopwatches are right, as those of a machine with a wrong clock are.</summary>
internal sealed class WrongTime(TimeProvider right, TimeSpan error) : TimeProvider
{
    public override long TimestampFrequency => right.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => right.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + error;

    public override long GetTimestamp() => right.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => right.CreateTimer(callback, state, dueTime, period);
}
