using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Reads of migrations that several controllers share.</summary>
internal static class Migrations
{
    public static IReadOnlyList<StoredObject> Of(KubeVirtWorld world, string? ns, string instanceName) =>
    [
        .. world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations, ns)
            .Where(migration => migration.Json.Text("spec.vmiName") == instanceName)
            .OrderBy(migration => migration.Json.Text("metadata.creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(migration => migration.Revision),
    ];

    public static StoredObject? Unfinished(KubeVirtWorld world, StoredObject instance) =>
        Of(world, instance.Namespace, instance.Name).FirstOrDefault(migration => !InstancePhase.IsFinal(migration));

    public static StoredObject? TargetPod(KubeVirtWorld world, StoredObject migration) => Instance(world, migration) is { } instance
        ? world.Api.ListOwnedBy(instance.Uid).FirstOrDefault(pod =>
            pod.Label(Names.MigrationJobUid) == migration.Uid && pod.Label(Names.Component) == Names.Launcher)
        : null;

    public static string? SourceNode(KubeVirtWorld world, StoredObject migration) => Instance(world, migration)?.NodeName;

    public static StoredObject? Instance(KubeVirtWorld world, StoredObject migration) =>
        world.Api.Get(ResourceTypes.VirtualMachineInstances, migration.Namespace, migration.Json.Text("spec.vmiName") ?? "");

    /// <summary>Whether the instance's state speaks of this migration; it is kept from the one before.</summary>
    public static bool Concerns(StoredObject? instance, StoredObject migration) =>
        instance?.Json.Text("status.migrationState.migrationUid") == migration.Uid;

    public static bool IsMigrating(StoredObject instance) => instance.Json.At("status.migrationState.startTimestamp") is not null
        && instance.Json.At("status.migrationState.endTimestamp") is null;
}
