using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>One exchange with a real server, as it was recorded.</summary>
internal sealed class RecordedExchange
{
    private RecordedExchange(string file)
    {
        Number = int.Parse(Path.GetFileName(file)[..3], System.Globalization.CultureInfo.InvariantCulture);
        Name = Path.GetFileNameWithoutExtension(file);
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        Request = json["request"]!.AsObject();
        Response = json["response"]!.AsObject();
    }

    public static IReadOnlyList<RecordedExchange> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "wire"), "*.json").Order(StringComparer.Ordinal)
            .Select(file => new RecordedExchange(file))];

    public int Number { get; }

    public string Name { get; }

    public JsonObject Request { get; }

    public JsonObject Response { get; }

    public string Method => (string)Request["method"]!;

    public string Target => (string)Request["path"]!;

    public int Status => (int)Response["status"]!;

    /// <summary>An object, a text, or for a watch the list of its events.</summary>
    public JsonNode? Answer => Response["body"];

    /// <summary>From 201 on the server carried KubeVirt, whose parts wrote what the answers show.</summary>
    public bool ShowsKubeVirt => Number > 200;

    public bool IsWatch => Target.Contains("watch=1", StringComparison.Ordinal);

    public static RecordedExchange Of(int number) => All.Single(exchange => exchange.Number == number);

    /// <summary>The objects that the answer shows: the items of a list, the rows' objects not, or the one object.</summary>
    public IEnumerable<JsonObject> Objects() =>
        Answer?["items"] is JsonArray items ? items.Select(item => item!.DeepClone().AsObject()) : [Answer!.DeepClone().AsObject()];

    public override string ToString() => Name;
}
