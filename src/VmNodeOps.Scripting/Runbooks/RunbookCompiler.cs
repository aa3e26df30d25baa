using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>Makes maintenances of a runbook. Without values it checks what can be checked without them.</summary>
internal sealed class RunbookCompiler(RunbookDocument document, StepRegistry registry, IReadOnlyDictionary<string, string>? values, ProblemList problems)
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);
    private const int MostNodes = 1000;
    private readonly Variables _variables = new([.. document.Variables.Select(variable => variable.Name)], values, problems);

    /// <returns>What is to be done; null if something is wrong or not known yet.</returns>
    public BoundRunbook? Compile()
    {
        var nodes = Nodes();
        var parallel = Parallel();
        var timeout = Timeout();
        var onFailure = OnFailure();
        var steps = (document.Steps?.Items ?? []).Select(Step).ToList();
        if (nodes is null || steps.Contains(null) || (document.Parallel is not null && parallel is null) || (document.Timeout is not null && timeout is null))
        {
            return null;
        }

        return new BoundRunbook
        {
            Name = document.Name,
            Parallel = parallel ?? 1,
            OnFailure = onFailure,
            Maintenances = [.. nodes.Select(node => steps.Aggregate(
                NodeMaintenance.OnNode(node).With(options => options with
                {
                    Timeout = timeout ?? options.Timeout,
                    OnFailure = onFailure == RunbookFailure.Undo ? UndoPolicy.Undo : options.OnFailure,
                }),
                static (maintenance, add) => add!(maintenance)).TogetherWith(nodes))],
        };
    }

    private List<string>? Nodes()
    {
        var texts = document.Nodes switch
        {
            null => [],
            YamlText text => Names(text),
            YamlList list => list.Items.SelectMany(item => item is YamlText text ? Names(text) : NotANode(item)).ToList(),
            var other => NotANode(other),
        };
        if (texts.Contains(null))
        {
            return null;
        }

        var doubled = texts.GroupBy(node => node).FirstOrDefault(group => group.Count() > 1);
        if (doubled is not null)
        {
            problems.Add(document.Nodes!, $"the node {doubled.Key} is there twice.");
        }

        if (texts.Count > MostNodes)
        {
            problems.Add(document.Nodes!, string.Create(CultureInfo.InvariantCulture, $"more than {MostNodes} nodes."));
        }

        return texts.Count == 0 ? null : [.. texts.OfType<string>()];
    }

    private List<string?> Names(YamlText text)
    {
        if (_variables.Resolve(text) is not { } resolved)
        {
            return [null];
        }

        var names = resolved.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            problems.Add(text, $"nodes is empty{Variables.Origin(text)}. Name at least one node.");
        }

        foreach (var name in names.Where(name => !ObjectName.IsValid(name)))
        {
            problems.Add(text, $"'{name}'{Variables.Origin(text)} is not the name of a node: names are of lower-case letters, digits, '-' and '.'.");
        }

        return [.. names.Select(name => ObjectName.IsValid(name) ? name : null)];
    }

    private List<string?> NotANode(YamlValue value)
    {
        problems.Add(value, $"nodes is a list of names, or a text with commas between them, not {value.What}.");
        return [null];
    }

    private int? Parallel()
    {
        if (Resolve(document.Parallel, "parallel is a whole number from 1 to 100") is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parallel) && parallel is >= 1 and <= 100)
        {
            return parallel;
        }

        problems.Add(document.Parallel!, $"parallel is a whole number from 1 to 100, not '{text}'{Origin(document.Parallel)}.");
        return null;
    }

    private TimeSpan? Timeout()
    {
        if (Resolve(document.Timeout, "timeout is a time such as 90s, 30m or 1h30m") is not { } text)
        {
            return null;
        }

        if (Durations.TryParse(text, out var timeout) && timeout <= LongestTimeout)
        {
            return timeout;
        }

        problems.Add(document.Timeout!, $"timeout is a time such as 90s, 30m or 1h30m, at most 24 days, not '{text}'{Origin(document.Timeout)}.");
        return null;
    }

    private RunbookFailure OnFailure()
    {
        string[] words = ["stop", "continue", "undo"];
        if (Resolve(document.OnFailure, "onFailure is one of stop, continue, undo") is not { } text)
        {
            return RunbookFailure.Stop;
        }

        if (Array.IndexOf(words, text) is >= 0 and var index)
        {
            return (RunbookFailure)index;
        }

        problems.Add(document.OnFailure!, $"onFailure is one of stop, continue, undo, not '{text}'{Origin(document.OnFailure)}.{NearestName.Hint(text, words)}");
        return RunbookFailure.Stop;
    }

    /// <summary>How a step is added; null if something is wrong or not known yet.</summary>
    private Func<NodeMaintenance, NodeMaintenance>? Step(YamlValue value)
    {
        var (name, options) = value switch
        {
            YamlText text => (text, null),
            YamlMap { Entries: [var (key, given)] } => (key, given),
            _ => (null, null),
        };
        if (name is null)
        {
            var many = value is YamlMap { Entries: [_, var (second, _), ..] } ? $" '{second.Text}' stands beside the name: indent it below it, or begin it with '- '." : "";
            problems.Add(value, $"a step is a name, or a name with a mapping of its options, not {(many.Length > 0 ? "several keys" : value.What)}.{many}");
            return null;
        }

        if (name.IsNothing)
        {
            problems.Add(name, "a step is empty. Write its name after '- ', or take the line away.");
            return null;
        }

        if (registry.Find(name.Text) is not { } definition)
        {
            var names = registry.Steps.Select(step => step.Name).ToList();
            problems.Add(name, $"there is no step '{name.Text}'.{NearestName.Hint(name.Text, names)} There are: {string.Join(", ", names)}.");
            return null;
        }

        if (options is not (null or YamlMap or YamlText { IsNothing: true }))
        {
            problems.Add(options, $"the options of {definition.Name} are a mapping, not {options.What}.");
            return null;
        }

        return Add(definition, name, options as YamlMap);
    }

    private Func<NodeMaintenance, NodeMaintenance>? Add(StepDefinition definition, YamlText name, YamlMap? map)
    {
        if (definition.Options is null && map is { Entries: [var (key, _), ..] })
        {
            problems.Add(key, $"'{key.Text}' is no option of {definition.Name}. {definition.Name} has no options.");
            return null;
        }

        var binder = new OptionBinder(registry, _variables, problems);
        var options = definition.Options is { } shape ? binder.Bind(shape, definition.Name, map, name) : null;
        if (definition.Options is not null && options is null)
        {
            return null;
        }

        try
        {
            definition.AddTo(NodeMaintenance.OnNode("any"), options);
        }
        catch (Exception refusal) when (refusal is ArgumentException or FormatException)
        {
            problems.Add(OptionBinder.PlaceOf(refusal, definition.Options, map) ?? name, $"{definition.Name}: {OptionBinder.Words(refusal, definition.Options)}");
            return null;
        }

        return maintenance => definition.AddTo(maintenance, options);
    }

    private string? Resolve(YamlValue? value, string expected)
    {
        if (value is null)
        {
            return null;
        }

        if (value is YamlText { IsNothing: false } text)
        {
            return _variables.Resolve(text);
        }

        problems.Add(value, $"{expected}, not {value.What}.");
        return null;
    }

    private static string Origin(YamlValue? value) => value is YamlText text ? Variables.Origin(text) : "";
}
