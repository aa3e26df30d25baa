using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The JSON form of plans, reports and events: camel case, enums as words, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    // Whoever passes events on may have sorted their members.
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ObjectNameConverter)])]
[JsonSerializable(typeof(MaintenancePlan))]
[JsonSerializable(typeof(MaintenanceReport))]
[JsonSerializable(typeof(MaintenanceEvent))]
[JsonSerializable(typeof(BatchPlan))]
[JsonSerializable(typeof(BatchReport))]
[JsonSerializable(typeof(MaintenanceJournal))]
[JsonSerializable(typeof(JournaledProcedure))]
internal sealed partial class MaintenanceJson : JsonSerializerContext
{
    private static JsonSerializerOptions Reading => field ??= new JsonSerializerOptions(Default.Options)
    {
        TypeInfoResolver = new ForgivingMetadata(Default),
        RespectNullableAnnotations = true,
    };

    /// <summary>The same on one line each, for streams of events.</summary>
    public static MaintenanceJson Lines => field ??= new MaintenanceJson(new JsonSerializerOptions(Default.Options) { WriteIndented = false });

    /// <summary>How a document is read, which may be older than this program.</summary>
    public static JsonTypeInfo<T> Reader<T>() => (JsonTypeInfo<T>)Reading.GetTypeInfo(typeof(T));
}

/// <summary>Names as <c>namespace/name</c>; reads them through the constructor, so that a bad name in a file is refused.</summary>
internal sealed class ObjectNameConverter : JsonConverter<ObjectName>
{
    public override ObjectName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        try
        {
            return slash < 0 ? new ObjectName(text) : new ObjectName(text[..slash], text[(slash + 1)..]);
        }
        catch (ArgumentException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, ObjectName value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
