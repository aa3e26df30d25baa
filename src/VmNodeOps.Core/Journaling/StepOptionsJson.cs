using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmNodeOps;

/// <summary>The JSON form of the options that <see cref="StepMemory"/> composes steps from again.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BlastRadiusOptions))]
[JsonSerializable(typeof(BringBackOptions))]
[JsonSerializable(typeof(DrainOptions))]
[JsonSerializable(typeof(OutOfServiceOptions))]
[JsonSerializable(typeof(ReleaseMachinesOptions))]
[JsonSerializable(typeof(ReleaseVolumesOptions))]
[JsonSerializable(typeof(RestoreKubeVirtOptions))]
[JsonSerializable(typeof(SettleMachinesOptions))]
[JsonSerializable(typeof(UncordonOptions))]
internal sealed partial class StepOptionsJson : JsonSerializerContext
{
    /// <summary>How options are read, which an older program may have written.</summary>
    public static JsonSerializerOptions Reading => field ??= new JsonSerializerOptions(Default.Options) { TypeInfoResolver = new ForgivingMetadata(Default) };
}
