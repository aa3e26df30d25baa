using System.Globalization;

namespace VmNodeOps.Testing.Api.Selectors;

internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// <summary>One term of a label selector. What asks for absence or difference holds for objects without the label, too.</summary>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var found = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => found && Values.Contains(value!),
            LabelOperator.NotIn => !found || !Values.Contains(value!),
            LabelOperator.Exists => found,
            LabelOperator.DoesNotExist => !found,
            _ => found && Compare(value!),
        };
    }

    private bool Compare(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var actual) &&
        long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound) &&
        (Operator == LabelOperator.GreaterThan ? actual > bound : actual < bound);
}
