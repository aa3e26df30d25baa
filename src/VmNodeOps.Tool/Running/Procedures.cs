namespace VmNodeOps.Tool.Running;

/// <summary>What the tool's words mean in the library's.</summary>
internal static class Procedures
{
    public static NodeMaintenance Drain(string node, VirtualMachinePolicy policy) => NodeMaintenance.OnNode(node).GracefulShutdown(drain => drain with { Policy = policy });

    public static NodeMaintenance Return(string node) => NodeMaintenance.OnNode(node).ReturnToService();

    public static NodeMaintenance Recover(string node, IEvidenceSource evidence, RecoveryOptions options) => NodeMaintenance.OnNode(node).RecoverFromCrash(evidence, _ => options);
}
