namespace VmNodeOps;

/// <summary>A step that looks beyond its own node, and judges otherwise when the same request names others too.</summary>
internal interface IKnowsItsBatch : IMaintenanceStep
{
    /// <summary>The step as part of a request that names these nodes; its own may be among them.</summary>
    IMaintenanceStep TogetherWith(IReadOnlyList<string> named);
}
