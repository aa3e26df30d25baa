using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace VmNodeOps.Scripting;

/// <summary>What can be written for an option.</summary>
internal enum OptionKind
{
    Text,
    Flag,
    WholeNumber,
    Number,
    Time,
    Word,
    TextList,
    WordList,
    Group,
    GroupList,
    Evidence,
}

/// <summary>One option of a step.</summary>
internal sealed record OptionMember(string Name, PropertyInfo Property, OptionKind Kind, bool Required, bool Nullable, OptionShape? Group)
{
    /// <summary>The type of a value, or of an item of a list of words.</summary>
    public Type ValueType => Kind == OptionKind.WordList ? Property.PropertyType.GetGenericArguments()[0] : System.Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
}

/// <summary>The options of a step as a runbook writes them, read from the record that the fluent API takes; so the two cannot differ.</summary>
/// <remarks>A member whose type cannot be written in YAML (a delegate, say) is left out: it is for code only.</remarks>
internal sealed class OptionShape
{
    private const string KeptWhole = "Options within options are of VmNodeOps.Core, which is kept whole, or of a caller, whom StepDefinition.Create tells to keep them.";

    /// <summary>What must be known of a class of options.</summary>
    public const DynamicallyAccessedMemberTypes Needed = DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.PublicProperties;

    private OptionShape([DynamicallyAccessedMembers(Needed)] Type type, ImmutableStack<Type> around)
    {
        Type = type;
        Default = Activator.CreateInstance(type) ?? throw new ArgumentException($"{type} cannot be made without arguments.");
        Members = [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Select(property => Describe(property, around.Push(type))).OfType<OptionMember>().OrderBy(member => member.Name, StringComparer.Ordinal)];
    }

    [DynamicallyAccessedMembers(Needed)]
    public Type Type { get; }

    /// <summary>An instance of which nothing was changed.</summary>
    public object Default { get; }

    public ImmutableArray<OptionMember> Members { get; }

    public static OptionShape Of([DynamicallyAccessedMembers(Needed)] Type type) => new(type, []);

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = KeptWhole)]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = KeptWhole)]
    private static OptionMember? Describe(PropertyInfo property, ImmutableStack<Type> around)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        OptionKind? kind = type switch
        {
            _ when type == typeof(string) => OptionKind.Text,
            _ when type == typeof(bool) => OptionKind.Flag,
            _ when type == typeof(int) => OptionKind.WholeNumber,
            _ when type == typeof(double) => OptionKind.Number,
            _ when type == typeof(TimeSpan) => OptionKind.Time,
            _ when type.IsEnum => OptionKind.Word,
            _ when type == typeof(IReadOnlyList<string>) || type == typeof(IReadOnlyCollection<string>) => OptionKind.TextList,
            _ when ItemOf(type) is { IsEnum: true } => OptionKind.WordList,
            _ when type == typeof(IEvidenceSource) => OptionKind.Evidence,
            _ when IsGroup(type, around) => OptionKind.Group,
            _ when ItemOf(type) is { } item && IsGroup(item, around) => OptionKind.GroupList,
            _ => null,
        };
        return kind is { } known
            ? new OptionMember(
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                property,
                known,
                property.IsDefined(typeof(RequiredMemberAttribute)),
                property.PropertyType != type || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable,
                known switch
                {
                    OptionKind.Group => new OptionShape(type, around),
                    OptionKind.GroupList => new OptionShape(ItemOf(type)!, around),
                    _ => null,
                })
            : null;
    }

    /// <summary>Further options: a class of its own that can be made empty. One that contains itself would have no end.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = KeptWhole)]
    private static bool IsGroup(Type type, ImmutableStack<Type> around) =>
        type is { IsClass: true, IsAbstract: false, IsGenericType: false } && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
        && !typeof(Delegate).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null && !around.Contains(type);

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;
}
