using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>What the cells of a table may depend on besides the object.</summary>
/// <param name="Now">The server's time, for ages.</param>
/// <param name="Minor">The server's minor version.</param>
internal sealed record TableContext(DateTimeOffset Now, int Minor);

/// <summary>A column: those of priority 1 are shown with <c>-o wide</c> only.</summary>
internal sealed record Column(string Name, string Type = "string", int Priority = 0, string Format = "", string Description = "");

/// <summary>The columns of a kind, and its cells in the same order.</summary>
internal sealed record TableDefinition(IReadOnlyList<Column> Columns, Func<JsonObject, TableContext, JsonNode?[]> Cells)
{
    /// <summary>A row's condition, as pods have one when they are through; null without.</summary>
    public Func<JsonObject, JsonObject?>? RowCondition { get; init; }
}

/// <summary>Writes Table documents, which clients print as they are.</summary>
internal sealed class TableWriter(TableDefinition definition, TableContext context, string version, string includeObject)
{
    /// <summary>Whether the columns are named; a watch names them in its first event only.</summary>
    public bool WithColumns { get; init; } = true;

    public static JsonObject ListMetadata(string? revision, string? continuation = null, long? remaining = null)
    {
        var metadata = new JsonObject();
        if (revision is not null)
        {
            metadata["resourceVersion"] = revision;
        }

        if (continuation is not null)
        {
            metadata["continue"] = continuation;
        }

        if (remaining is not null)
        {
            metadata["remainingItemCount"] = remaining;
        }

        return metadata;
    }

    public JsonObject Document(IEnumerable<JsonObject> objects, string? revision, string? continuation = null, long? remaining = null) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = $"meta.k8s.io/{version}",
        ["metadata"] = ListMetadata(revision, continuation, remaining),
        ["columnDefinitions"] = WithColumns ? new JsonArray([.. definition.Columns.Select(column => (JsonNode)Definition(column))]) : null,
        ["rows"] = new JsonArray([.. objects.Select(json => (JsonNode)Row(json))]),
    };

    private static JsonObject Definition(Column column) => new()
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private JsonObject Row(JsonObject json)
    {
        var row = new JsonObject { ["cells"] = new JsonArray(definition.Cells(json, context)) };
        if (definition.RowCondition?.Invoke(json) is { } condition)
        {
            row["conditions"] = new JsonArray(condition);
        }

        row["object"] = includeObject switch
        {
            "None" => null,
            "Object" => json.DeepClone(),
            _ => PartialMetadata.Of(json, version),
        };
        return row;
    }
}
