namespace VmNodeOps;

/// <summary>Tells the later steps of a plan that the node's machine is switched off before they act.</summary>
internal sealed record PlannedFence(IFenceDevice Device);
