using System.Text.Json.Serialization;

namespace VmNodeOps.Tool.Rendering;

/// <summary>Written as plans and reports are: camel case, enums as words, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeListDocument))]
[JsonSerializable(typeof(MachineListDocument))]
[JsonSerializable(typeof(HostListDocument))]
[JsonSerializable(typeof(SimulationDocument))]
internal sealed partial class ToolJson : JsonSerializerContext;
