namespace VmNodeOps;

/// <summary>How far a drain is, in a line: how many queue, migrate, shut down, are held up and are done.</summary>
internal static class DrainTally
{
    private static readonly string[] Order = ["queued", "backing off", "migrating", "shutting down", "waiting", "held up", "stuck"];

    public static string Describe(int done, IReadOnlyList<PodEviction> left)
    {
        if (left.Count == 0)
        {
            return "none left";
        }

        Span<int> counts = stackalloc int[Order.Length];
        foreach (var eviction in left)
        {
            counts[Array.IndexOf(Order, Word(eviction))]++;
        }

        var words = new List<string>();
        for (var word = 0; word < Order.Length; word++)
        {
            if (counts[word] > 0)
            {
                words.Add($"{counts[word]} {Order[word]}");
            }
        }

        words.Add($"{done} done");
        return string.Join(", ", words);
    }

    private static string Word(PodEviction eviction) => eviction switch
    {
        { Current: EvictionDecision.Stuck } => "stuck",
        { IsDeleting: true } => "shutting down",
        // Who is asked again was held up before, and mostly is so again in a moment.
        { Current: EvictionDecision.Wait { IsTrouble: true } or EvictionDecision.Ask { WhyAgain: not null } } => "held up",
        _ => eviction.Standing?.Stage switch
        {
            MachineStage.Marked or MachineStage.Queued => "queued",
            MachineStage.BackingOff => "backing off",
            MachineStage.TargetStarting or MachineStage.Migrating or MachineStage.Arriving => "migrating",
            MachineStage.TargetUnschedulable => "held up",
            MachineStage.Settled => "migrating",
            MachineStage.ShuttingDown or MachineStage.Starting => "shutting down",
            _ => "waiting",
        },
    };
}
