using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a step that releases volumes tells the last look: which are still attached, whenever it asks.</summary>
internal sealed record DetachingVolumes(Func<IReadOnlyList<VolumeAttachment>> Left);
