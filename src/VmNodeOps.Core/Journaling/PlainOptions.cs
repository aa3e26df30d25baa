using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VmNodeOps;

/// <summary>Options as JSON, as long as they are nothing but values: code (a function, a source of evidence) cannot be kept and is not left out in silence.</summary>
internal static class PlainOptions
{
    /// <summary>Whether all that is set in them is a value.</summary>
    public static bool ArePlain(object? value) => value switch
    {
        null or string or TimeSpan or DateTimeOffset or Enum or Cluster.ObjectName => true,
        _ when value.GetType().IsPrimitive => true,
        Delegate => false,
        IDictionary dictionary => dictionary.Values.Cast<object?>().All(ArePlain),
        IEnumerable many => many.Cast<object?>().All(ArePlain),
        _ => IsRecordOfOurs(value.GetType()) && Settable(value.GetType()).All(property => ArePlain(property.GetValue(value))),
    };

    public static JsonElement Write(object options) => JsonSerializer.SerializeToElement(options, StepOptionsJson.Default.Options.GetTypeInfo(options.GetType()));

    /// <exception cref="JsonException">They are not such options.</exception>
    public static T Read<T>(JsonElement? options)
        where T : new() =>
        options is { } written ? written.Deserialize((JsonTypeInfo<T>)StepOptionsJson.Reading.GetTypeInfo(typeof(T))) ?? new T() : new T();

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Of this assembly every member is kept: ILLink.Descriptors.xml.")]
    private static bool IsRecordOfOurs(Type type) => type.Assembly == typeof(PlainOptions).Assembly && type.GetMethod("<Clone>$") is not null;

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Asked of records of this assembly only, of which every member is kept.")]
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0);
}
