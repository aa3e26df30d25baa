namespace VmNodeOps.Testing.Controllers;

/// <summary>What a CSI driver is asked to do.</summary>
internal enum StorageAct
{
    Attach,
    Detach,
}

/// <summary>One call to a CSI driver's controller.</summary>
internal sealed record StorageCall(StorageAct Act, string Volume, string Driver, string NodeName);
