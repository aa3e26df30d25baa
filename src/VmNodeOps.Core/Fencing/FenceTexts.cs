using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What is told about fencing.</summary>
internal static class FenceTexts
{
    public static StepOutcome NotFenced(Node node, FenceTrouble trouble) => StepOutcome.Blocked(
        $"Fence{trouble.Kind}", $"{trouble.Message} Node {node.Name} is not confirmed off, so nothing was force-deleted or detached.");

    public static StepOutcome NoWord(Node node, IFenceDevice device, PowerState state) => StepOutcome.Blocked(
        state == PowerState.On ? $"Fence{nameof(FenceTroubleKind.StillOn)}" : $"Fence{nameof(FenceTroubleKind.Failed)}",
        $"{device.Description} was told to switch the machine off, but {(state == PowerState.On ? "says that it is still on" : "does not tell whether it is")}. Look at the device. "
        + $"Node {node.Name} is not confirmed off, so nothing was force-deleted or detached.");

    public static StepOutcome AnotherMachine(Node node, IFenceDevice device, TimeSpan waited) => StepOutcome.Blocked(
        "FenceOfAnotherMachine",
        $"{device.Description} says that the machine is off, but node {node.Name} is still Ready after {EvidenceTexts.Words(waited)}: the device switches another machine than this node's. "
        + "Nothing was force-deleted or detached. Find out which machine it has switched off, and correct its address or plug.");

    /// <summary>What a plan says of a node that lives.</summary>
    public static Finding Lives(Node node, bool evenIfNodeLives) => new()
    {
        Severity = evenIfNodeLives ? FindingSeverity.Warning : FindingSeverity.Refusal,
        Code = node.Ready == ConditionStatus.True ? NodeLiveliness.ReadyCode : "KubeletReports",
        Message = node.Ready == ConditionStatus.True
            ? NodeLiveliness.Ready(node)
            : $"Node {node.Name} says itself that it is not Ready: when it said so its kubelet lived, and so may its guests.",
        Lift = evenIfNodeLives
            ? "It is switched off all the same, as asked; the guests on it die."
            : $"Drain it instead. To switch it off all the same, with the guests on it: {nameof(FenceOptions)}.{nameof(FenceOptions.EvenIfNodeLives)}, with the tool --fence-even-if-node-lives.",
    };

    public static Finding NotTrusted(IFenceDevice device) => new()
    {
        Severity = FindingSeverity.Refusal,
        Code = "DeviceNotTrusted",
        Message = $"{device.Description} is a device of the embedding program, whose word would not be enough to recover the node after it was switched off.",
        Lift = $"Where the runner is made, set {nameof(MaintenanceOptions)}.{nameof(MaintenanceOptions.StrongestForeignEvidence)} to {nameof(EvidenceStrength.Strong)}, or use a {nameof(FenceAgent)}.",
    };
}
