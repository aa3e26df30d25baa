namespace VmNodeOps.Tool.Running;

/// <summary>What the tool's words mean in the library's.</summary>
internal static class Procedures
{
    public static NodeMaintenance Drain(NodeMaintenance node, Func<DrainOptions, DrainOptions> configure) => node.GracefulShutdown(configure);

    public static NodeMaintenance Return(string node, bool bringBack = false) =>
        NodeMaintenance.OnNode(node).ReturnToService(back => back with { BringBack = bringBack ? new BringBackOptions() : null });

    public static NodeMaintenance Recover(NodeMaintenance node, IEvidenceSource evidence, RecoveryOptions options) => node.RecoverFromCrash(evidence, _ => options);
}
