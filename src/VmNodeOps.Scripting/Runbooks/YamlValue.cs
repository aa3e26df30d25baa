namespace VmNodeOps.Scripting;

/// <summary>A piece of a YAML file, with its place.</summary>
internal abstract record YamlValue(int Line, int Column)
{
    /// <summary>What it is, for a message.</summary>
    public abstract string What { get; }
}

/// <summary>A text; plain if it stands without quotes.</summary>
internal sealed record YamlText(string Text, bool IsPlain, int Line, int Column) : YamlValue(Line, Column)
{
    public bool IsNothing => IsPlain && Text is "" or "~" or "null";

    public override string What => IsNothing ? "nothing" : $"'{(Text.Length > 60 ? Text[..60] + "…" : Text)}'";
}

/// <summary>A list.</summary>
internal sealed record YamlList(IReadOnlyList<YamlValue> Items, int Line, int Column) : YamlValue(Line, Column)
{
    public override string What => "a list";
}

/// <summary>A mapping, in the order of the file.</summary>
internal sealed record YamlMap(IReadOnlyList<KeyValuePair<YamlText, YamlValue>> Entries, int Line, int Column) : YamlValue(Line, Column)
{
    public override string What => "a mapping";
}
