using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmNodeOps.Tool.Running;

/// <summary>A plan in a file, with the command that it is of, so that somebody else can look at it and apply exactly it.</summary>
internal sealed record SavedPlan(IReadOnlyList<string> Command, MaintenancePlan Plan)
{
    private const int SchemaVersion = 1;

    /// <summary>Words that say who looks and how, not what is done.</summary>
    private static readonly string[] OfTheLooker = ["--kubeconfig", "--context", "--timeout", "--output", "-o", "--save", "--chunk-size"];
    private static readonly string[] Flags = ["--yes", "-y", "--quiet", "-q", "--dry-run", "--verbose", "-v", "-vv"];

    public static void Write(string file, ParseResult parsed, MaintenancePlan plan)
    {
        if (parsed.Tokens.Any(token => token.Value.StartsWith("--fence", StringComparison.Ordinal)))
        {
            throw new ToolException(ExitCode.Usage, "A recovery with a fence agent is not saved: the file would hold what lets the agent in. Save it without; --fence-agent belongs to whoever runs it.");
        }

        var document = new JsonObject
        {
            ["schemaVersion"] = SchemaVersion,
            ["command"] = new JsonArray([.. WordsOf(parsed).Select(word => JsonValue.Create(word))]),
            ["plan"] = JsonNode.Parse(plan.ToJson()),
        };
        try
        {
            File.WriteAllText(file, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Failed, $"The plan could not be written to {file}: {exception.Message}");
        }
    }

    public static SavedPlan Read(string file)
    {
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            if ((int?)document["schemaVersion"] is not SchemaVersion)
            {
                throw new ToolException(ExitCode.Usage, $"{file} has schema version {document["schemaVersion"]}; this vmnodeops applies version {SchemaVersion}. Use the one that saved it.");
            }

            return new SavedPlan([.. document["command"]!.AsArray().Select(word => (string)word!)], MaintenancePlan.FromJson(document["plan"]!.ToJsonString()));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(ExitCode.Usage, $"There is no plan at {file}. `vmnodeops plan drain NODE --save {file}` makes one.");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            throw new ToolException(ExitCode.Usage, $"{file} is not a plan that `vmnodeops plan … --save` wrote: {exception.Message}");
        }
    }

    private static IEnumerable<string> WordsOf(ParseResult parsed)
    {
        var words = new Queue<string>(parsed.Tokens.Select(token => token.Value));
        while (words.TryDequeue(out var word))
        {
            if (OfTheLooker.Contains(word))
            {
                words.TryDequeue(out _);
            }
            else if (word != "plan" && !Flags.Contains(word))
            {
                yield return word;
            }
        }
    }
}
