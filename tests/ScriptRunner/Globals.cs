namespace ScriptRunner;

/// <summary>What a script finds ready.</summary>
public sealed class Globals
{
    /// <summary>The script's arguments.</summary>
    public required IList<string> Args { get; init; }
}
