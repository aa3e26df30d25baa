namespace VmNodeOps;

/// <summary>How a node's machine is switched off.</summary>
public sealed record FenceOptions
{
    /// <summary>Whether to switch off a machine although its node is Ready, or says itself that it is not: its kubelet lives, and its guests will die.</summary>
    /// <value>False.</value>
    public bool EvenIfNodeLives { get; init; }

    /// <summary>How long the device may take to say that the machine is off, after it was told.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the node may stay Ready after its machine is off. If it still is then, the device belongs to another machine, or lies.</summary>
    /// <value>Two minutes. Kubernetes as a rule needs 40 to 50 seconds.</value>
    public TimeSpan NotReadyTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What makes no sense in them; null if nothing.</summary>
    internal string? FindObjection() => ConfirmTimeout < TimeSpan.Zero || NotReadyTimeout < TimeSpan.Zero ? "The time-outs of fencing cannot be negative." : null;
}
