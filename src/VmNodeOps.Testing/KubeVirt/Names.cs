namespace VmNodeOps.Testing.KubeVirt;

/// <summary>KubeVirt's labels, annotations and finalizers.</summary>
internal static class Names
{
    public const string Component = "kubevirt.io";
    public const string Launcher = "virt-launcher";
    public const string HotplugDisk = "hotplug-disk";
    public const string CreatedBy = "kubevirt.io/created-by";
    public const string NodeName = "kubevirt.io/nodeName";
    public const string Domain = "kubevirt.io/domain";
    public const string MigrationJobUid = "kubevirt.io/migrationJobUID";
    public const string MigrationJobName = "kubevirt.io/migrationJobName";
    public const string MigrationTargetNode = "kubevirt.io/migrationTargetNodeName";
    public const string EvacuationMigration = "kubevirt.io/evacuationMigration";
    public const string MigrationVmiName = "kubevirt.io/vmi-name";
    public const string Schedulable = "kubevirt.io/schedulable";
    public const string Heartbeat = "kubevirt.io/heartbeat";
    public const string Unpaused = "kubevirt.io/virtual-machine-unpaused";
    public const string LatestObservedVersion = "kubevirt.io/latest-observed-api-version";
    public const string StorageObservedVersion = "kubevirt.io/storage-observed-api-version";
    public const string EvictionInProgress = "descheduler.alpha.kubernetes.io/eviction-in-progress";
    public const string MachineFinalizer = "kubevirt.io/virtualMachineControllerFinalize";
    public const string InstanceFinalizer = "kubevirt.io/foregroundDeleteVirtualMachine";
    public const string MigrationFinalizer = "kubevirt.io/migrationJobFinalize";

    public static string Key(string? ns, string name) => $"{ns}/{name}";

    public static (string Namespace, string Name) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..slash], key[(slash + 1)..]);
    }
}
