namespace VmNodeOps.Testing.Hosts;

/// <summary>How far a pod has come on its host.</summary>
internal enum PodStage
{
    /// <summary>Its volumes are not all attached.</summary>
    WaitingForVolumes,

    /// <summary>Its containers are being made.</summary>
    Starting,

    Running,

    /// <summary>Its processes were told to stop.</summary>
    Stopping,

    /// <summary>Its processes have ended for good.</summary>
    Ended,
}
