namespace VmNodeOps.Testing.Hosts;

/// <summary>What can happen to a machine.</summary>
internal enum HostChange
{
    /// <summary>It runs no process any more.</summary>
    LostPower,

    /// <summary>It boots: new boot id, nothing of the former processes left.</summary>
    PoweredOn,

    /// <summary>It no longer reaches the API server.</summary>
    CutOff,

    /// <summary>It reaches the API server again.</summary>
    Reconnected,

    /// <summary>Its operating system was told to shut down.</summary>
    ShuttingDown,

    /// <summary>Its operating system was told to shut down and to start again.</summary>
    Rebooting,
}
