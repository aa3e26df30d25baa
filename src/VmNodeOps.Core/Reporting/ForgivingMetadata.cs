using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VmNodeOps;

/// <summary>
/// How documents are read: objects by reflection, everything else by generated code. Generated code gives null or zero to a member with an initializer that an older document lacks; reflection
/// leaves it what its initializer says.
/// </summary>
/// <remarks>A program that is trimmed or compiled natively keeps every member of this assembly: ILLink.Descriptors.xml, which is embedded in it, says so.</remarks>
internal sealed class ForgivingMetadata : IJsonTypeInfoResolver
{
    private readonly IJsonTypeInfoResolver _generated;
    private readonly DefaultJsonTypeInfoResolver _reflected;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Objects of this assembly only, of which every member is kept.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Collections, enums and values, which need code for each type, are left to generated code.")]
    public ForgivingMetadata(IJsonTypeInfoResolver generated) => (_generated, _reflected) = (generated, new DefaultJsonTypeInfoResolver());

    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
        _generated.GetTypeInfo(type, options) is { Kind: not JsonTypeInfoKind.Object } generated ? generated : _reflected.GetTypeInfo(type, options);
}
