using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting;

/// <summary>Reads what a runbook says into options, and says what was expected where it cannot.</summary>
internal sealed class OptionBinder(StepRegistry registry, Variables variables, ProblemList problems)
{
    /// <summary>The options; null if something is wrong, or not known before the variables are.</summary>
    public object? Bind(OptionShape shape, string owner, YamlMap? map, YamlValue at)
    {
        var options = Activator.CreateInstance(shape.Type)!;
        var complete = true;
        foreach (var (key, value) in map?.Entries ?? [])
        {
            if (shape.Members.FirstOrDefault(member => member.Name == key.Text) is not { } member)
            {
                var names = shape.Members.Select(member => member.Name).ToList();
                var known = names.Count == 0 ? $"{owner} has no options." : $"Options of {owner}: {string.Join(", ", names)}.";
                problems.Add(key, $"'{key.Text}' is no option of {owner}.{NearestName.Hint(key.Text, names)} {known}");
                complete = false;
                continue;
            }

            complete &= TrySet(options, member, owner, value);
        }

        foreach (var missing in shape.Members.Where(member => member.Required && map?.Entries.Any(entry => entry.Key.Text == member.Name) != true))
        {
            problems.Add(at, $"{owner} needs the option '{missing.Name}'.");
            complete = false;
        }

        return complete ? options : null;
    }

    private bool TrySet(object options, OptionMember member, string owner, YamlValue value)
    {
        object? bound;
        if (member.Kind == OptionKind.Group)
        {
            bound = value is YamlMap group ? Bind(member.Group!, $"{owner}.{member.Name}", group, value) : Unexpected(value, $"{owner}.{member.Name} is a mapping of options");
        }
        else if (member.Kind == OptionKind.WordList)
        {
            bound = BindWords(member, owner, value);
        }
        else if (member.Kind == OptionKind.GroupList)
        {
            bound = BindGroups(member, value, $"{owner}.{member.Name}");
        }
        else if (member.Kind == OptionKind.Evidence)
        {
            bound = BindEvidence(value, $"{owner}.{member.Name}");
        }
        else if (member.Kind == OptionKind.TextList)
        {
            bound = BindTexts(value, $"{owner}.{member.Name}");
        }
        else if (value is not YamlText text)
        {
            bound = Unexpected(value, $"{owner}.{member.Name} is {Expected(member)}");
        }
        else if (text.IsNothing)
        {
            bound = member.Nullable ? text : Unexpected(value, $"{owner}.{member.Name} is {Expected(member)}");
            bound = bound is null ? null : NullMark;
        }
        else
        {
            bound = BindText(member, owner, text);
        }

        return bound is not null && TryAssign(options, member, owner, bound == NullMark ? null : bound, value);
    }

    private static object NullMark { get; } = new();

    /// <summary>A record's own initializer may refuse a value; its words are for the reader.</summary>
    private bool TryAssign(object options, OptionMember member, string owner, object? bound, YamlValue at)
    {
        try
        {
            member.Property.SetValue(options, bound);
            return true;
        }
        catch (System.Reflection.TargetInvocationException exception) when (exception.InnerException is ArgumentException or FormatException)
        {
            problems.Add(at, $"{owner}.{member.Name}: {Words(exception.InnerException)}");
            return false;
        }
    }

    /// <summary>The message without the lines that name the parameter of a method, and with the options as a runbook writes them.</summary>
    public static string Words(Exception refusal, OptionShape? shape = null)
    {
        var parameter = (refusal as ArgumentException)?.ParamName;
        var end = parameter is { } name ? refusal.Message.IndexOf($" (Parameter '{name}')", StringComparison.Ordinal) : -1;
        var words = end < 0 ? refusal.Message : refusal.Message[..end];
        words = parameter is { } option && !words.Contains(option, StringComparison.OrdinalIgnoreCase) ? $"{option}: {words}" : words;
        return (shape?.Members ?? []).Aggregate(words, (text, member) => Regex.Replace(text, $@"\b{member.Property.Name}\b", member.Name, RegexOptions.CultureInvariant));
    }

    /// <summary>The option that a refusal is about, or all of them; null if none is written.</summary>
    public static YamlValue? PlaceOf(Exception refusal, OptionShape? shape, YamlMap? map)
    {
        var member = shape?.Members.FirstOrDefault(member => member.Property.Name == (refusal as ArgumentException)?.ParamName);
        return map?.Entries.FirstOrDefault(entry => entry.Key.Text == member?.Name).Value ?? map;
    }

    private object? BindText(OptionMember member, string owner, YamlText text)
    {
        if (variables.Resolve(text) is not { } resolved)
        {
            return null;
        }

        // "5" in quotes is a text for every editor that reads the schema, so it is one here too.
        var mayBeOther = text.IsPlain || Variables.IsIn(text.Text);
        object? value = member.Kind switch
        {
            OptionKind.Text => resolved,
            OptionKind.Time => Durations.TryParse(resolved, out var time) ? time : resolved is "0s" ? TimeSpan.Zero : null,
            OptionKind.Word or OptionKind.WordList => Enum.GetNames(member.ValueType).Contains(resolved) ? Enum.Parse(member.ValueType, resolved) : null,
            OptionKind.Flag when mayBeOther => resolved switch { "true" => true, "false" => false, _ => null },
            OptionKind.WholeNumber when mayBeOther => int.TryParse(resolved, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null,
            OptionKind.Number when mayBeOther => double.TryParse(
                resolved, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ => null,
        };
        if (value is null)
        {
            var hint = member.Kind switch
            {
                OptionKind.Word or OptionKind.WordList => NearestName.Hint(resolved, Enum.GetNames(member.ValueType)),
                OptionKind.Flag => YesOrNo(resolved),
                _ => "",
            };
            var quoted = mayBeOther || member.Kind is not (OptionKind.Flag or OptionKind.WholeNumber or OptionKind.Number) ? "" : " In quotes it is a text: take them off.";
            problems.Add(text, $"{owner}.{member.Name} is {Expected(member)}, not '{resolved}'{Variables.Origin(text)}.{hint}{quoted}");
        }

        return value;
    }

    /// <summary>What YAML 1.1 took for true and false, and people still write.</summary>
    private static string YesOrNo(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "y" or "on" or "true" => " Did you mean 'true'?",
        "no" or "n" or "off" or "false" => " Did you mean 'false'?",
        _ => "",
    };

    private Array? BindWords(OptionMember member, string owner, YamlValue value)
    {
        if (value is not YamlList list)
        {
            return Unexpected(value, $"{owner}.{member.Name} is a list, each item {Expected(member)}") as Array;
        }

        var items = list.Items.Select(item => item is YamlText text ? BindText(member, owner, text) : Unexpected(item, $"{owner}.{member.Name} is {Expected(member)}")).ToList();
        return items.Contains(null) ? null : ToArray(member.ValueType, items);
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Arrays of classes have their code in common; those of enums are in VmNodeOps.Core's own code, or StepDefinition.Create tells the caller.")]
    private static Array ToArray(Type type, List<object?> items)
    {
        var array = Array.CreateInstance(type, items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            array.SetValue(items[index], index);
        }

        return array;
    }

    private Array? BindGroups(OptionMember member, YamlValue value, string what)
    {
        if (value is not YamlList list)
        {
            return Unexpected(value, $"{what} is a list of mappings") as Array;
        }

        var items = list.Items.Select(item => item is YamlMap map ? Bind(member.Group!, what, map, item) : Unexpected(item, $"{what} is a list of mappings")).ToList();
        return items.Contains(null) ? null : ToArray(member.Group!.Type, items);
    }

    private List<string>? BindTexts(YamlValue value, string what)
    {
        if (value is not YamlList list)
        {
            Unexpected(value, $"{what} is a list of texts");
            return null;
        }

        var texts = list.Items.Select(item => item is YamlText text ? variables.Resolve(text) : Unexpected(item, $"{what} is a list of texts") as string).ToList();
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }

    private IEvidenceSource? BindEvidence(YamlValue value, string what)
    {
        if (value is not YamlMap map)
        {
            return Unexpected(value, $"{what} is a mapping, either with confirmedBy and reason or with source") as IEvidenceSource;
        }

        string[] keys = ["confirmedBy", "reason", "source"];
        foreach (var (key, _) in map.Entries.Where(entry => !keys.Contains(entry.Key.Text)))
        {
            problems.Add(key, $"'{key.Text}' is nothing that {what} takes.{NearestName.Hint(key.Text, keys)} It takes confirmedBy and reason, or source.");
        }

        var texts = map.Entries.Where(entry => keys.Contains(entry.Key.Text)).ToDictionary(entry => entry.Key.Text, entry => entry.Value);
        if (texts.TryGetValue("source", out var source))
        {
            return FindSource(source, what, texts.Count);
        }

        if (!texts.TryGetValue("confirmedBy", out var who) || !texts.TryGetValue("reason", out var why))
        {
            problems.Add(value, $"{what} needs confirmedBy (who answers for it that the node is off) and reason (how they know), or source.");
            return null;
        }

        return Word(who, $"{what}.confirmedBy") is { } confirmed && Word(why, $"{what}.reason") is { } reason ? Evidence.OperatorConfirms(confirmed, reason) : null;
    }

    private IEvidenceSource? FindSource(YamlValue source, string what, int keys)
    {
        if (keys > 1)
        {
            problems.Add(source, $"{what} takes either source, or confirmedBy and reason; not both.");
            return null;
        }

        if (Word(source, $"{what}.source") is not { } name)
        {
            return null;
        }

        if (registry.FindEvidence(name) is not { } found)
        {
            var known = registry.EvidenceSources.Count == 0 ? "This program has none." : $"There are: {string.Join(", ", registry.EvidenceSources)}.";
            problems.Add(source, $"there is no source of evidence '{name}'.{NearestName.Hint(name, registry.EvidenceSources)} {known}");
            return null;
        }

        return found;
    }

    /// <summary>A text that must not be empty.</summary>
    private string? Word(YamlValue value, string what)
    {
        if (value is not YamlText text)
        {
            return Unexpected(value, $"{what} is a text") as string;
        }

        var resolved = variables.Resolve(text);
        if (resolved is not null && string.IsNullOrWhiteSpace(resolved))
        {
            problems.Add(text, $"{what} must not be empty{Variables.Origin(text)}: it goes into the record.");
            return null;
        }

        return resolved;
    }

    private object? Unexpected(YamlValue value, string expected)
    {
        problems.Add(value, $"{expected}, not {value.What}.");
        return null;
    }

    private static string Expected(OptionMember member) => member.Kind switch
    {
        OptionKind.Flag => "true or false",
        OptionKind.WholeNumber => "a whole number",
        OptionKind.Number => "a number",
        OptionKind.Time => "a time such as 90s, 30m or 1h30m",
        OptionKind.Word or OptionKind.WordList => $"one of {string.Join(", ", Enum.GetNames(member.ValueType))}",
        _ => "a text",
    };
}
