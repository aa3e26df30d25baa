using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>Tables: the columns without their descriptions, which are documentation, and the cells of every row but ages.</summary>
internal static class TableComparison
{
    public static IEnumerable<string> Compare(JsonObject recorded, JsonObject actual, bool sameObjects)
    {
        var columns = recorded["columnDefinitions"]!.AsArray();
        foreach (var column in columns.Concat(actual["columnDefinitions"]!.AsArray()))
        {
            column!.AsObject().Remove("description");
        }

        var differences = Difference.Between(columns, actual["columnDefinitions"], "$.columnDefinitions").ToList();
        differences.AddRange(Difference.Between(recorded["metadata"], actual["metadata"], "$.metadata"));
        if (differences.Count > 0)
        {
            return differences;
        }

        var aged = columns.Select((column, index) => (Name: (string?)column!["name"], index)).Where(column => column.Name is "Age").Select(column => column.index);
        foreach (var table in (JsonObject[])[recorded, actual])
        {
            foreach (var row in table["rows"]!.AsArray())
            {
                foreach (var index in aged)
                {
                    row!["cells"]![index] = "<age>";
                }
            }
        }

        return sameObjects
            ? Difference.Between(recorded["rows"], actual["rows"], "$.rows")
            : Difference.Between(Cells(recorded, columns), Cells(actual, columns), "$.rows");
    }

    /// <summary>Without the objects behind the rows, and without addresses.</summary>
    private static JsonArray Cells(JsonObject table, JsonArray columns) =>
        [.. table["rows"]!.AsArray().Select(row => new JsonArray(
            [.. row!["cells"]!.AsArray().Where((_, index) => (string?)columns[index]!["name"] != "IP").Select(cell => cell?.DeepClone())]))];
}
