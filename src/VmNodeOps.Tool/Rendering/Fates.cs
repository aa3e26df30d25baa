namespace VmNodeOps.Tool.Rendering;

/// <summary>What becomes of a machine, in a few words for a table.</summary>
internal static class Fates
{
    public static string InWords(VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.Migrates => "migrates live",
        VirtualMachineFate.RestartsElsewhere => "restarts elsewhere",
        VirtualMachineFate.StaysDown => "STAYS DOWN",
        VirtualMachineFate.RestartsOnlyIfKilled => "STAYS DOWN (restarts only after a failure)",
        VirtualMachineFate.ReplacedUnderNewName => "replaced under a new name",
        VirtualMachineFate.WouldBeLost => "LOST",
        VirtualMachineFate.Blocks => "BLOCKS (must migrate, cannot)",
        VirtualMachineFate.External => "left to an external controller",
        VirtualMachineFate.OrphanLauncher => "leftover pod",
        VirtualMachineFate.AlreadyEnding => "ending already",
        VirtualMachineFate.Unaffected => "unaffected",
        _ => fate.ToString(),
    };

    public static string InWords(VirtualMachineTrait trait) => trait switch
    {
        VirtualMachineTrait.Paused => "paused",
        VirtualMachineTrait.Migrating => "migrating",
        VirtualMachineTrait.Evacuating => "marked to leave",
        VirtualMachineTrait.Finished => "ended",
        VirtualMachineTrait.BeingDeleted => "being deleted",
        _ => trait.ToString(),
    };
}
