namespace VmNodeOps.Kubernetes.Transport;

/// <summary>The server's clock, from the Date header of its answers and the local monotonic clock in between.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _heard;
    private long _heardAt;
    private bool _known;

    /// <summary>The server's time now; null if no answer has told one.</summary>
    public DateTimeOffset? Now
    {
        get
        {
            lock (_gate)
            {
                return _known ? _heard + time.GetElapsedTime(_heardAt) : null;
            }
        }
    }

    /// <summary>
    /// Takes a Date header. It has whole seconds, cut off: one that lies less than a second behind what is known says nothing new, and
    /// following it would let the clock go backwards.
    /// </summary>
    public void Hear(DateTimeOffset date)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var estimate = _heard + time.GetElapsedTime(_heardAt, now);
            if (!_known || date > estimate || date < estimate - TimeSpan.FromSeconds(1.5))
            {
                (_heard, _heardAt, _known) = (date, now, true);
            }
        }
    }
}
