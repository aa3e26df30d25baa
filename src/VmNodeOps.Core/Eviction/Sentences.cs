namespace VmNodeOps;

/// <summary>Parts of sentences made into whole ones.</summary>
internal static class Sentences
{
    /// <summary>With a capital at the beginning and a full stop at the end.</summary>
    public static string Begin(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}{(text.EndsWith('.') ? "" : ".")}";
}
