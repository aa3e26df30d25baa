using System.CommandLine;

namespace VmNodeOps.Tool.Completion;

/// <summary>What may stand where the cursor is: commands and names first, options for whoever has typed a hyphen.</summary>
internal static class Suggestions
{
    /// <param name="root">The tool as a whole.</param>
    /// <param name="line">The command line up to the cursor, with the program in front.</param>
    public static IReadOnlyList<string> For(RootCommand root, string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        if (end < 0)
        {
            return [];
        }

        var words = line[(end + 1)..];
        var word = words[(words.LastIndexOf(' ') + 1)..];
        return
        [
            .. root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null })
                .GetCompletions(words.Length)
                .Select(static completion => completion.InsertText ?? completion.Label)
                .Where(text => text.StartsWith(word, StringComparison.Ordinal) && (word.Length == 0 ? text[0] != '-' : text[0] == word[0]))
                // One name of each option, the one that says what it is.
                .Where(static text => text.StartsWith("--", StringComparison.Ordinal) || char.IsAsciiLetterOrDigit(text[0]))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }
}
