using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Scripting;

/// <summary>Writes what a runbook may hold as JSON Schema, from the same registry by which runbooks are read.</summary>
internal static class RunbookSchema
{
    /// <summary>Anything may come from a variable.</summary>
    private const string Reference = @"\$\{[A-Za-z][A-Za-z0-9_-]*\}";
    private const string Time = "^(([0-9]+h)?([0-9]+m)?([0-9]+s)?|[0-9.]*[0-9]{2}:[0-9]{2}:[0-9]{2})$";

    public static string Write(StepRegistry registry) => new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "Runbook of VmNodeOps",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("runbook", "name", "nodes", "steps"),
        ["properties"] = new JsonObject
        {
            ["runbook"] = new JsonObject { ["description"] = "The version of the form.", ["const"] = Runbook.CurrentVersion },
            ["name"] = Text("What reports call it."),
            ["description"] = Text("What it is for."),
            ["variables"] = Variables(),
            ["nodes"] = new JsonObject
            {
                ["description"] = "The nodes, in the order in which they begin.",
                ["oneOf"] = new JsonArray(Text("Names with commas between them."), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Text("A node.") }),
            },
            ["parallel"] = OrReference(new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 100 }, "How many nodes are under way at once. Default 1."),
            ["timeout"] = OrReference(new JsonObject { ["type"] = "string", ["pattern"] = Time }, "How long each node may take. Default 1h."),
            ["onFailure"] = OrReference(new JsonObject { ["enum"] = new JsonArray("stop", "continue", "undo") }, "What becomes of the others when a node does not succeed. Default stop."),
            ["steps"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Steps(registry) },
        },
    }.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

    private static JsonObject Variables() => new()
    {
        ["description"] = "What --set can give.",
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = "^[A-Za-z][A-Za-z0-9_-]*$" },
        ["additionalProperties"] = new JsonObject
        {
            ["type"] = new JsonArray("object", "null"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["description"] = Text("What it is for."),
                ["required"] = new JsonObject { ["type"] = "boolean" },
                ["default"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
            },
        },
    };

    private static JsonObject Steps(StepRegistry registry) => new()
    {
        ["oneOf"] = new JsonArray(
            new JsonObject
            {
                ["enum"] = new JsonArray([.. registry.Steps.Where(step => step.Options?.Members.Any(member => member.Required) != true).Select(step => JsonValue.Create(step.Name))]),
            },
            new JsonObject
            {
                ["type"] = "object",
                ["minProperties"] = 1,
                ["maxProperties"] = 1,
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject(registry.Steps.Select(step => KeyValuePair.Create(step.Name, (JsonNode?)Step(step, registry)))),
            }),
    };

    private static JsonObject Step(StepDefinition step, StepRegistry registry)
    {
        var schema = step.Options is { } shape ? Group(shape, registry) : new JsonObject { ["type"] = new JsonArray("object", "null"), ["maxProperties"] = 0 };
        schema["description"] = step.Description;
        return schema;
    }

    private static JsonObject Group(OptionShape shape, StepRegistry registry)
    {
        var required = shape.Members.Where(member => member.Required).Select(member => (JsonNode?)JsonValue.Create(member.Name)).ToArray();
        var schema = new JsonObject
        {
            ["type"] = required.Length == 0 ? new JsonArray("object", "null") : new JsonArray("object"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(shape.Members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)Option(member, shape, registry)))),
        };
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    private static JsonObject Option(OptionMember member, OptionShape shape, StepRegistry registry)
    {
        var otherwise = Default(member, shape);
        var schema = member.Kind switch
        {
            OptionKind.Flag => OrReference(new JsonObject { ["type"] = "boolean" }, otherwise),
            OptionKind.WholeNumber => OrReference(new JsonObject { ["type"] = "integer" }, otherwise),
            OptionKind.Number => OrReference(new JsonObject { ["type"] = "number" }, otherwise),
            OptionKind.Time => OrReference(new JsonObject { ["type"] = "string", ["pattern"] = Time }, otherwise),
            OptionKind.Word => OrReference(Words(member.ValueType), otherwise),
            OptionKind.TextList => new JsonObject { ["type"] = "array", ["items"] = Text("") },
            OptionKind.Group => Group(member.Group!, registry),
            OptionKind.WordList => new JsonObject { ["type"] = "array", ["items"] = OrReference(Words(member.ValueType), "") },
            OptionKind.GroupList => new JsonObject { ["type"] = "array", ["items"] = Group(member.Group!, registry) },
            OptionKind.Evidence => EvidenceSource(registry),
            _ => Text(otherwise),
        };
        return member.Nullable && schema.Remove("anyOf", out var ways) ? Nullable(schema, (JsonArray)ways!) : schema;
    }

    private static JsonObject Nullable(JsonObject schema, JsonArray ways)
    {
        ways.Add((JsonNode)new JsonObject { ["type"] = "null" });
        schema["anyOf"] = ways;
        return schema;
    }

    private static JsonObject EvidenceSource(StepRegistry registry)
    {
        var word = new JsonObject
        {
            ["description"] = "A person's word that the node is off.",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("confirmedBy", "reason"),
            ["properties"] = new JsonObject { ["confirmedBy"] = Text("Who answers for it."), ["reason"] = Text("How they know.") },
        };
        if (registry.EvidenceSources.Count == 0)
        {
            return word;
        }

        var names = new JsonArray([.. registry.EvidenceSources.Select(name => JsonValue.Create(name))]);
        var source = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("source"),
            ["properties"] = new JsonObject { ["source"] = OrReference(new JsonObject { ["enum"] = names }, "A source of this program.") },
        };
        return new JsonObject { ["oneOf"] = new JsonArray(word, source) };
    }

    private static string Default(OptionMember member, OptionShape shape) => member.Property.GetValue(shape.Default) switch
    {
        null => "",
        TimeSpan time => $"Default {time:c}.",
        bool flag => flag ? "Default true." : "Default false.",
        IFormattable value => $"Default {value.ToString(null, CultureInfo.InvariantCulture)}.",
        string { Length: > 0 } text => $"Default {text}.",
        _ => "",
    };

    private static JsonObject OrReference(JsonObject schema, string description)
    {
        var either = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = Reference }) };
        if (description.Length > 0)
        {
            either["description"] = description;
        }

        return either;
    }

    private static JsonObject Words(Type type) => new() { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]) };

    private static JsonObject Text(string description)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        return schema;
    }
}
