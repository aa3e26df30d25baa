using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Whether a Lease is held, by medik8s' rule.</summary>
internal static class LeaseValidity
{
    /// <summary>The server's Date header counts whole seconds, so a Lease that was renewed just now may seem to lie up to a second ahead.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(2);

    public static bool IsHeld(Lease lease, DateTimeOffset serverTime) => WhyNotHeld(lease, serverTime) is null;

    /// <summary>Why nobody holds it; null if somebody does.</summary>
    public static string? WhyNotHeld(Lease lease, DateTimeOffset serverTime) => lease switch
    {
        { HolderIdentity: null or "" } => "it names no holder",
        { RenewedAt: null } or { Duration: null } => "it was never renewed",
        _ when lease.RenewedAt > serverTime + ClockGrain => $"its renewal at {lease.RenewedAt:u} lies in the future of the server's clock ({serverTime:u})",
        _ when lease.RenewedAt + lease.Duration <= serverTime => $"it expired at {lease.RenewedAt + lease.Duration:u}",
        _ => null,
    };
}
