using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>When a machine is released among others: the higher, the sooner.</summary>
/// <param name="Priority">The priority of its pod.</param>
/// <param name="IsFirst">Whether it was chosen to come before its equals.</param>
internal readonly record struct ReleaseRank(int Priority, bool IsFirst) : IComparable<ReleaseRank>
{
    public int CompareTo(ReleaseRank other) => Priority != other.Priority ? Priority.CompareTo(other.Priority) : IsFirst.CompareTo(other.IsFirst);

    /// <summary>Ranks pods by their own labels and those of their machine.</summary>
    public static Func<Pod, ReleaseRank> Of(string first, NodeInventory inventory)
    {
        if (first.Length == 0)
        {
            return static pod => new ReleaseRank(pod.Priority, IsFirst: false);
        }

        var selector = SelectorText.Parse(first);
        var labels = inventory.Machines.Where(static machine => machine.Instance is not null).ToDictionary(static machine => machine.Name, static machine => machine.Instance!.Labels);
        return pod => new ReleaseRank(
            pod.Priority, selector.Matches(LauncherPods.InstanceOf(pod) is { } name && labels.TryGetValue(name, out var its) ? its : pod.Labels));
    }
}
