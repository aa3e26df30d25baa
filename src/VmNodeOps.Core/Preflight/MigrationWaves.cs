using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;

namespace VmNodeOps;

/// <summary>In how many turns machines migrate, by KubeVirt's limits, and about how long that takes.</summary>
internal static class MigrationWaves
{
    /// <summary>What a migration takes beside the transfer: target pod, hand-over, clean-up.</summary>
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(10);

    public static IEnumerable<Finding> Of(IReadOnlyList<MachineExpectation> machines, KubeVirtInstallation? installation, PreflightOptions options, TimeSpan timeout)
    {
        var moving = machines.Where(machine => machine is { Fate: VirtualMachineFate.Migrates, Treatment: VirtualMachineTreatment.Proceed } && machine.Before.IsAtHome).ToList();
        if (moving.Count == 0 || installation is null)
        {
            yield break;
        }

        var width = Math.Max(1, Math.Min(installation.ParallelOutboundMigrationsPerNode, installation.ParallelMigrationsPerCluster));
        var waves = moving.Select(machine => Memory(machine.Before)).OrderDescending().Chunk(width).ToList();
        var estimate = TimeSpan.FromSeconds(waves.Sum(wave => Beside.TotalSeconds + ((double)wave[0] / options.MigrationBytesPerSecond)));
        var isLong = estimate > timeout;
        yield return new Finding
        {
            Severity = isLong ? FindingSeverity.Warning : FindingSeverity.Note,
            Code = isLong ? "MigrationsTakeLong" : "MigrationWaves",
            Message = $"{moving.Count} {(moving.Count == 1 ? "machine migrates" : "machines migrate")}, {width} at a time (parallelOutboundMigrationsPerNode {installation.ParallelOutboundMigrationsPerNode}, "
                + $"parallelMigrationsPerCluster {installation.ParallelMigrationsPerCluster}): {waves.Count} {(waves.Count == 1 ? "wave" : "waves")}, about {InWords(estimate)} if nothing else migrates"
                + (isLong ? $", and the run may take {InWords(timeout)}." : "."),
            Lift = isLong ? "Give it a longer Timeout, or raise KubeVirt's limits." : "",
        };
    }

    private static decimal Memory(NodeMachine machine) => Quantity.Parse(machine.CurrentPod?.Requests.GetValueOrDefault("memory")) ?? 0;

    private static string InWords(TimeSpan time) => time < TimeSpan.FromMinutes(2) ? $"{Math.Ceiling(time.TotalSeconds):0} s" : $"{Math.Ceiling(time.TotalMinutes):0} min";
}
