using System.Globalization;

namespace VmNodeOps;

/// <summary>What is told about evidence.</summary>
internal static class EvidenceTexts
{
    public const string Danger =
        "KubeVirt starts a machine anew as soon as its pod object is gone. If the node is only cut off, the old guest runs on and both write to the same disks.";

    public const string WhatWouldDo =
        "What would do: power the machine off (or cut it off from all storage) and answer for it by name, Evidence.OperatorConfirms(who, why), with the tool --confirmed-by and --reason; "
        + "or let a fence agent switch it off and confirm it, FenceAndRecover, with the tool --fence-agent.";

    /// <summary>What the API server sees may change with the next heartbeat.</summary>
    public static readonly TimeSpan WeakHolds = TimeSpan.FromMinutes(2);

    /// <summary>Clocks of other machines, and the Date header's whole seconds.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    public static string NotProven(string node, string why) =>
        $"It is not proven that node {node} is down. {why} Nothing was force-deleted or detached. {Danger} {WhatWouldDo}";

    /// <summary>Weak evidence that something was not renewed for a time.</summary>
    public static EvidenceAnswer Stale(EvidenceRequest request, string what, DateTimeOffset renewed, TimeSpan duration)
    {
        if (renewed > request.ServerTime + ClockTolerance)
        {
            return EvidenceAnswer.NotProven($"{Capital(what)} was renewed at {renewed:u}, which lies in the future of the server's clock ({request.ServerTime:u}), so its age says nothing.");
        }

        return request.ServerTime - renewed < duration
            ? EvidenceAnswer.NotProven($"{Capital(what)} was renewed at {renewed:u}, which is not yet {Words(duration)} ago.")
            : EvidenceAnswer.Down(request.ConfirmOwn(EvidenceStrength.Weak, Evidence.ApiServer, $"{what} was last renewed at {renewed:u}", WeakHolds));
    }

    public static string Words(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0.#} hours"),
    };

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];
}
