namespace VmNodeOps;

/// <summary>Tells for how long one pod has made no progress. What counts as progress is that what is known of it changes.</summary>
internal sealed class Patience(TimeProvider time)
{
    private object? _state;
    private long _since = time.GetTimestamp();

    /// <summary>For how long nothing has changed.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Interlocked.Read(ref _since));

    /// <summary>Notes how things stand.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Note(object state)
    {
        if (state.Equals(_state))
        {
            return false;
        }

        _state = state;
        Progress();
        return true;
    }

    /// <summary>Something else got on that brings this on.</summary>
    public void Progress() => Interlocked.Exchange(ref _since, time.GetTimestamp());
}
