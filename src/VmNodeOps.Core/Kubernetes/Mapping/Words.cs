using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>Words of the wire and what they mean in the port. A word that is not known stays unknown, and is never taken for another.</summary>
internal static class Words
{
    public static PodPhase PodPhase(string? word) => word switch
    {
        "Pending" => Cluster.PodPhase.Pending,
        "Running" => Cluster.PodPhase.Running,
        "Succeeded" => Cluster.PodPhase.Succeeded,
        "Failed" => Cluster.PodPhase.Failed,
        _ => Cluster.PodPhase.Unknown,
    };

    public static InstancePhase InstancePhase(string? word) => word switch
    {
        null or "" or "Pending" => Cluster.InstancePhase.Pending,
        "Scheduling" => Cluster.InstancePhase.Scheduling,
        "Scheduled" => Cluster.InstancePhase.Scheduled,
        "Running" => Cluster.InstancePhase.Running,
        "Succeeded" => Cluster.InstancePhase.Succeeded,
        "Failed" => Cluster.InstancePhase.Failed,
        "WaitingForSync" => Cluster.InstancePhase.WaitingForSync,
        _ => Cluster.InstancePhase.Unknown,
    };

    public static MigrationPhase MigrationPhase(string? word) => word switch
    {
        null or "" or "Pending" => Cluster.MigrationPhase.Pending,
        "Scheduling" => Cluster.MigrationPhase.Scheduling,
        "Scheduled" => Cluster.MigrationPhase.Scheduled,
        "PreparingTarget" => Cluster.MigrationPhase.PreparingTarget,
        "TargetReady" => Cluster.MigrationPhase.TargetReady,
        "Running" => Cluster.MigrationPhase.Running,
        "Succeeded" => Cluster.MigrationPhase.Succeeded,
        "Failed" => Cluster.MigrationPhase.Failed,
        _ => Cluster.MigrationPhase.Unknown,
    };

    public static EvictionStrategy? EvictionStrategy(string? word) => word switch
    {
        null or "" => null,
        "None" => Cluster.EvictionStrategy.None,
        "LiveMigrate" => Cluster.EvictionStrategy.LiveMigrate,
        "LiveMigrateIfPossible" => Cluster.EvictionStrategy.LiveMigrateIfPossible,
        "External" => Cluster.EvictionStrategy.External,
        _ => Cluster.EvictionStrategy.Unknown,
    };

    public static RunStrategy RunStrategy(string? word, bool? running) => (word, running) switch
    {
        (null or "", true) => Cluster.RunStrategy.Always,
        (null or "", _) => Cluster.RunStrategy.Halted,
        ("Always", _) => Cluster.RunStrategy.Always,
        ("RerunOnFailure", _) => Cluster.RunStrategy.RerunOnFailure,
        ("Manual", _) => Cluster.RunStrategy.Manual,
        ("Halted", _) => Cluster.RunStrategy.Halted,
        ("Once", _) => Cluster.RunStrategy.Once,
        ("WaitAsReceiver", _) => Cluster.RunStrategy.WaitAsReceiver,
        _ => Cluster.RunStrategy.Unknown,
    };
}
