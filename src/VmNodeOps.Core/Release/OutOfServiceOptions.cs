namespace VmNodeOps;

/// <summary>How a dead node is taken out of service.</summary>
public sealed record OutOfServiceOptions
{
    /// <summary>How long nothing may move before it is no longer waited for: a pod that goes or a volume that is detached begins the wait anew.</summary>
    /// <value>Three minutes. Kubernetes collects such pods every 20 seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan Patience
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Patience), value, "It must be longer than nothing.");
    } = TimeSpan.FromMinutes(3);
}
