using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The run strategies by their names in the API.</summary>
internal static class RunStrategy
{
    public const string Always = "Always";
    public const string RerunOnFailure = "RerunOnFailure";
    public const string Manual = "Manual";
    public const string Once = "Once";
    public const string Halted = "Halted";
    public const string WaitAsReceiver = "WaitAsReceiver";

    public static readonly IReadOnlySet<string> Known =
        new HashSet<string>(StringComparer.Ordinal) { Always, RerunOnFailure, Manual, Once, Halted, WaitAsReceiver };

    /// <summary>The strategy of a machine; the older <c>spec.running</c> is Always or Halted.</summary>
    public static string Of(StoredObject machine) =>
        machine.Json.Text("spec.runStrategy") ?? (machine.Json.Flag("spec.running") ? Always : Halted);
}
