using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>Tables: the columns without their descriptions, which are documentation, and the cells of every row but ages.</summary>
internal static class TableComparison
{
    public static IEnumerable<string> Compare(JsonObject recorded, JsonObject actual)
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

        return Difference.Between(recorded["rows"], actual["rows"], "$.rows");
    }
}
