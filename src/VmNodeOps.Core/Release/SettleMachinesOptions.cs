namespace VmNodeOps;

/// <summary>How KubeVirt is helped to notice that machines are dead.</summary>
public sealed record SettleMachinesOptions
{
    /// <summary>How long an instance may claim to run on the node although its pod is gone, before it is touched; then again after twice that time, and so on.</summary>
    /// <value>10 seconds. KubeVirt as a rule needs less than one.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan Patience
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Patience), value, "It must be longer than nothing.");
    } = TimeSpan.FromSeconds(10);
}
