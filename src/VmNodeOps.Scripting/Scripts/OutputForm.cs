namespace VmNodeOps.Scripting;

/// <summary>How the data on stdout is written.</summary>
public enum OutputForm
{
    /// <summary>For people: plans and reports as text.</summary>
    Text,

    /// <summary>A JSON document with a schema version for each plan or report.</summary>
    Json,

    /// <summary>A JSON document per line: every event while the run goes on, the last one with the report.</summary>
    JsonLines,
}

/// <summary>The words for it on a command line.</summary>
internal static class OutputForms
{
    public const string Words = "text|json|jsonl";

    public static OutputForm? Find(string word) => word switch
    {
        "text" => OutputForm.Text,
        "json" => OutputForm.Json,
        "jsonl" => OutputForm.JsonLines,
        _ => null,
    };
}
