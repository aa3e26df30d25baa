using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting;

/// <summary>A runbook's file in its parts, each with its place.</summary>
internal sealed record RunbookDocument
{
    public string File { get; init; } = "";

    public required YamlValue Root { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<RunbookVariable> Variables { get; init; } = [];

    public required IReadOnlyDictionary<string, YamlText> VariablePlaces { get; init; }

    public YamlValue? Nodes { get; init; }

    public YamlValue? Parallel { get; init; }

    public YamlValue? Timeout { get; init; }

    public YamlValue? OnFailure { get; init; }

    public YamlList? Steps { get; init; }

    public YamlValue PlaceOf(RunbookVariable variable) => VariablePlaces[variable.Name];
}

/// <summary>Takes a runbook's file apart, and complains of what has no place in it.</summary>
internal sealed partial class RunbookReader(ProblemList problems)
{
    public static readonly string[] Keys = ["runbook", "name", "description", "variables", "nodes", "parallel", "timeout", "onFailure", "steps"];
    public static readonly string[] VariableKeys = ["description", "required", "default"];

    private readonly List<RunbookVariable> _variables = [];
    private readonly Dictionary<string, YamlText> _places = new(StringComparer.Ordinal);

    public RunbookDocument Read(YamlValue root)
    {
        if (root is not YamlMap map)
        {
            throw problems.Fatal(root.Line, root.Column, $"a runbook is a mapping with runbook, name, nodes and steps, not {root.What}.");
        }

        if (!map.Entries.Any(entry => Keys.Contains(entry.Key.Text)))
        {
            throw problems.Fatal(root.Line, root.Column, $"this is no runbook: it has none of {string.Join(", ", Keys)}. Is this the right file?");
        }

        var parts = Parts(map, Keys, "a runbook");
        EnsureVersion(map, parts.GetValueOrDefault("runbook"));
        ReadVariables(parts.GetValueOrDefault("variables"));
        return new RunbookDocument
        {
            Root = map,
            Name = Text(parts, "name", map, required: true),
            Description = Text(parts, "description", map, required: false),
            Variables = _variables,
            VariablePlaces = _places,
            Nodes = Required(parts, "nodes", map, "the nodes that it is for: a list, or a text with commas"),
            Parallel = parts.GetValueOrDefault("parallel"),
            Timeout = parts.GetValueOrDefault("timeout"),
            OnFailure = parts.GetValueOrDefault("onFailure"),
            Steps = Steps(Required(parts, "steps", map, "the list of what is done")),
        };
    }

    private Dictionary<string, YamlValue> Parts(YamlMap map, string[] keys, string owner)
    {
        var parts = new Dictionary<string, YamlValue>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            if (keys.Contains(key.Text))
            {
                parts[key.Text] = value;
            }
            else
            {
                problems.Add(key, $"'{key.Text}' has no place in {owner}.{NearestName.Hint(key.Text, keys)} It has: {string.Join(", ", keys)}.");
            }
        }

        return parts;
    }

    private void EnsureVersion(YamlMap map, YamlValue? version)
    {
        if (version is null)
        {
            problems.Add(map, "a runbook says which version of the form it has: runbook: 1.");
        }
        else if (version is not YamlText { Text: "1" })
        {
            problems.Add(version, $"this VmNodeOps reads runbooks of version 1, not {version.What}.");
        }
    }

    private void ReadVariables(YamlValue? value)
    {
        if (value is null or YamlText { IsNothing: true })
        {
            return;
        }

        if (value is not YamlMap map)
        {
            problems.Add(value, $"variables is a mapping from names to description and default, not {value.What}.");
            return;
        }

        foreach (var (name, definition) in map.Entries)
        {
            if (!Name().IsMatch(name.Text))
            {
                problems.Add(name, $"'{name.Text}' cannot be the name of a variable: use letters, digits, '-' and '_', beginning with a letter.");
                continue;
            }

            _places[name.Text] = name;
            _variables.Add(ReadVariable(name.Text, definition));
        }
    }

    private RunbookVariable ReadVariable(string name, YamlValue definition)
    {
        if (definition is YamlText { IsNothing: true })
        {
            return new RunbookVariable { Name = name };
        }

        if (definition is not YamlMap map)
        {
            problems.Add(definition, $"the variable '{name}' is described by a mapping with {string.Join(", ", VariableKeys)}, not by {definition.What}. Write {{ default: … }}.");
            return new RunbookVariable { Name = name };
        }

        var parts = Parts(map, VariableKeys, $"the variable '{name}'");
        var otherwise = parts.ContainsKey("default") ? Text(parts, "default", map, required: false) : null;
        var required = parts.GetValueOrDefault("required");
        if (required is not (null or YamlText { IsPlain: true, Text: "true" or "false" }))
        {
            problems.Add(required, $"'required' is true or false, not {required.What}.");
        }

        if (required is YamlText { Text: "true" } && otherwise is not null)
        {
            problems.Add(required, $"the variable '{name}' has a default, so it is not required. Take one of the two away.");
        }

        return new RunbookVariable
        {
            Name = name,
            Description = Text(parts, "description", map, required: false),
            Default = otherwise ?? (required is YamlText { Text: "false" } ? "" : null),
        };
    }

    private YamlValue? Required(Dictionary<string, YamlValue> parts, string key, YamlMap map, string what)
    {
        if (!parts.TryGetValue(key, out var value) || value is YamlText { IsNothing: true })
        {
            problems.Add(value ?? map, $"a runbook needs '{key}', {what}.");
            return null;
        }

        return value;
    }

    private YamlList? Steps(YamlValue? value)
    {
        if (value is YamlList { Items.Count: > 0 } list)
        {
            return list;
        }

        if (value is not null)
        {
            problems.Add(value, value is YamlList ? "steps is empty, so the runbook would do nothing." : $"steps is a list, not {value.What}. Begin each step with '- '.");
        }

        return null;
    }

    private string Text(Dictionary<string, YamlValue> parts, string key, YamlMap map, bool required)
    {
        if (!parts.TryGetValue(key, out var value))
        {
            if (required)
            {
                problems.Add(map, $"a runbook needs '{key}'.");
            }

            return "";
        }

        if (value is YamlText text && !(required && text.IsNothing))
        {
            return text.IsNothing ? "" : text.Text;
        }

        problems.Add(value, $"'{key}' is a text, not {value.What}.");
        return "";
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
