using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VmNodeOps;

/// <summary>Names of the traces and metrics that a run gives.</summary>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "VmNodeOps";

    internal static ActivitySource Activities { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);

    /// <summary>Runs ended, by <c>vmnodeops.result</c>.</summary>
    internal static Counter<long> Runs { get; } = Meter.CreateCounter<long>("vmnodeops.runs", "{run}", "Maintenance runs that ended, by result");

    /// <summary>Writes sent, by <c>vmnodeops.verb</c> and <c>vmnodeops.result</c>.</summary>
    internal static Counter<long> Writes { get; } = Meter.CreateCounter<long>("vmnodeops.writes", "{write}", "Writes sent to API servers, by verb and result");

    /// <summary>How long machines were away, by <c>vmnodeops.outcome</c>.</summary>
    internal static Histogram<double> Away { get; } = Meter.CreateHistogram<double>("vmnodeops.vm.away", "s", "Time that virtual machines were away, by outcome");
}
