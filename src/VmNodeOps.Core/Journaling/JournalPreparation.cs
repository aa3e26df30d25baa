using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Makes the writer of journals ready, once in a process, while the first run is still being planned: it is wanted between the lock and the first write.</summary>
internal static class JournalPreparation
{
    private static int _begun;

    /// <summary>Begins it, if nobody has, and returns at once.</summary>
    public static void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => JournalText.Write(Example), null);
        }
    }

    private static MaintenanceJournal Example => new()
    {
        NodeName = "node",
        NodeUid = "",
        OpenedAt = DateTimeOffset.UnixEpoch,
        OpenedBy = "",
        WasUnschedulable = false,
        Taints = [new Taint { Key = "key", Effect = "NoSchedule" }],
        Machines = [new JournaledMachine { Name = new ObjectName("namespace", "machine"), InstanceUid = "", Fate = VirtualMachineFate.RestartsElsewhere, RunStrategy = RunStrategy.Always }],
        Procedure = new JournaledProcedure
        {
            Steps = [new JournaledProcedureStep { Name = "drain", Options = PlainOptions.ArePlain(new DrainOptions()) ? PlainOptions.Write(new DrainOptions()) : null }],
            Options = JournaledRunOptions.Of(new MaintenanceOptions()),
        },
    };
}
