namespace VmNodeOps;

/// <summary>A device that powers the machine under a node and tells whether it does: a BMC, a power strip, a hypervisor. <see cref="FenceAgent"/> is one for all of ClusterLabs' agents.</summary>
/// <remarks>
/// A device answers only what it knows. What it could not do or find out is <see cref="PowerAnswer.Trouble"/>, never an exception and never <see cref="PowerState.Off"/>. It is thread-safe.
/// </remarks>
public interface IFenceDevice
{
    /// <summary>The device in a few words, without secrets, as plans and reports show it: <c>fence_redfish at 10.0.0.7</c>.</summary>
    string Description { get; }

    /// <summary>Asks whether the machine has power. Changes nothing.</summary>
    Task<PowerAnswer> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Switches the machine. What became of it is asked afterwards with <see cref="ReadAsync"/>; the answer here is only the device's own word.</summary>
    Task<PowerAnswer> SwitchAsync(PowerAction action, CancellationToken cancellationToken);
}

/// <summary>What can be done with a machine's power.</summary>
public enum PowerAction
{
    /// <summary>Cuts it, without asking the operating system.</summary>
    Off,

    /// <summary>Gives it.</summary>
    On,

    /// <summary>Cuts it and gives it again. Afterwards the machine is not off, so this is no fence for a recovery.</summary>
    Reboot,
}

/// <summary>Whether a machine has power.</summary>
public enum PowerState
{
    /// <summary>The device did not tell.</summary>
    Unknown,

    /// <summary>It has.</summary>
    On,

    /// <summary>It has none.</summary>
    Off,
}

/// <summary>The answer of an <see cref="IFenceDevice"/>.</summary>
public sealed record PowerAnswer
{
    private PowerAnswer(PowerState state, FenceTrouble? trouble) => (State, Trouble) = (state, trouble);

    /// <summary>What the device says; <see cref="PowerState.Unknown"/> whenever there was trouble.</summary>
    public PowerState State { get; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public FenceTrouble? Trouble { get; }

    /// <summary>The device told, or did as it was told.</summary>
    public static PowerAnswer Of(PowerState state) => new(state, null);

    /// <summary>It could not.</summary>
    public static PowerAnswer Failed(FenceTroubleKind kind, string message)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        return new PowerAnswer(PowerState.Unknown, new FenceTrouble { Kind = kind, Message = message });
    }
}

/// <summary>Why a device could not do or tell something.</summary>
public sealed record FenceTrouble
{
    /// <summary>Which kind.</summary>
    public required FenceTroubleKind Kind { get; init; }

    /// <summary>What, which device, why, and what lifts it; without secrets.</summary>
    public required string Message { get; init; }

    /// <summary>Whether another attempt may fare better. A wrong password must not be tried again: many devices lock the account.</summary>
    internal bool MayPass => Kind is FenceTroubleKind.Unreachable or FenceTroubleKind.TimedOut or FenceTroubleKind.Failed or FenceTroubleKind.StillOn;
}

/// <summary>Kinds of trouble with a device.</summary>
public enum FenceTroubleKind
{
    /// <summary>Anything else.</summary>
    Failed,

    /// <summary>The fence agent's program is not on this machine, or may not be run.</summary>
    AgentMissing,

    /// <summary>An option is wrong or missing, or a secret cannot be read.</summary>
    Misconfigured,

    /// <summary>The device was reached and does not let us in.</summary>
    AccessDenied,

    /// <summary>The device cannot be reached. The machine may be on.</summary>
    Unreachable,

    /// <summary>No answer in time. The machine may be on.</summary>
    TimedOut,

    /// <summary>It was told to switch off and says that the machine is still on.</summary>
    StillOn,
}
