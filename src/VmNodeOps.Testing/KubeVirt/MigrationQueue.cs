using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Whether a pending migration may begin: limits, priorities, and the back-off after failures.</summary>
internal sealed class MigrationQueue(KubeVirtWorld world)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(20);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

    /// <summary>Its target pod was made: from now on it counts against the limits, though its phase says Pending for another moment.</summary>
    public void Begin(StoredObject migration) => _begun.Add(migration.Uid);

    /// <summary>How long it must wait after the failures before it; zero when it need not.</summary>
    /// <remarks>Only evacuations wait: 20 s after the first failure, then twice as long each time. As five finished migrations are kept, 320 s is the most.</remarks>
    public TimeSpan BackOff(StoredObject migration)
    {
        if (migration.Annotation(Names.EvacuationMigration) is null)
        {
            return TimeSpan.Zero;
        }

        var backOff = TimeSpan.Zero;
        StoredObject? lastFailed = null;
        foreach (var earlier in Migrations.Of(world, migration.Namespace, migration.Json.Text("spec.vmiName")!).Reverse())
        {
            if (earlier.Uid == migration.Uid || earlier.IsDeleting || earlier.Annotation(Names.EvacuationMigration) is null)
            {
                continue;
            }

            if (InstancePhase.Of(earlier) != "Failed")
            {
                break;
            }

            lastFailed ??= earlier;
            backOff = backOff == TimeSpan.Zero ? FirstBackOff : backOff * 2;
        }

        var until = lastFailed is null ? null : FailedAt(lastFailed) + backOff;
        return until > world.Time.GetUtcNow() ? until.Value - world.Time.GetUtcNow() : TimeSpan.Zero;
    }

    /// <summary>Whether a place is free for it, and nobody more urgent waits for that place.</summary>
    public bool HasPlace(StoredObject migration)
    {
        var running = Running();
        if (running.Any(each => each.Uid == migration.Uid))
        {
            return true;
        }

        if (!HasPlace(migration, running))
        {
            return false;
        }

        return !world.Profile.QueuesByPriority || !world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations).Any(other =>
            other.Uid != migration.Uid && InstancePhase.Of(other) is null or "Pending" && !other.IsDeleting
            && Priority(other) > Priority(migration) && BackOff(other) == TimeSpan.Zero && HasPlace(other, running));
    }

    private StoredObject[] Running() =>
    [
        .. world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations).Where(each =>
            InstancePhase.Of(each) is "Scheduling" or "Scheduled" or "PreparingTarget" or "TargetReady" or "Running"
            || (_begun.Contains(each.Uid) && !InstancePhase.IsFinal(each))),
    ];

    private bool HasPlace(StoredObject migration, StoredObject[] running)
    {
        var node = Migrations.SourceNode(world, migration);
        return running.Length < world.ParallelMigrationsPerCluster
            && running.Count(each => Migrations.SourceNode(world, each) == node) < world.ParallelOutboundMigrationsPerNode;
    }

    private static int Priority(StoredObject migration) => migration.Json.Text("spec.priority") switch
    {
        "system-critical" => 100,
        "user-triggered" => 50,
        "system-maintenance" => 20,
        _ => 0,
    };

    private static DateTimeOffset? FailedAt(StoredObject migration) =>
        (migration.Json.At("status.phaseTransitionTimestamps") as JsonArray)?
            .FirstOrDefault(each => each.Text("phase") == "Failed").Timestamp("phaseTransitionTimestamp");
}
