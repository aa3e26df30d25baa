namespace VmNodeOps;

/// <summary>
/// Makes text from a cluster fit to be shown. Whoever can write an annotation, an event or a server's message could otherwise move the cursor, colour a lie green or hide
/// a line.
/// </summary>
internal static class Printable
{
    /// <summary>Text of several lines: line ends and tabs stay, every other control character is replaced.</summary>
    public static string Text(string text) => Replace(text, static character => character is '\n' or '\t');

    /// <summary>Text for one line.</summary>
    public static string Line(string text) => Replace(text, static _ => false);

    private static string Replace(string text, Func<char, bool> stays) =>
        text.Any(character => IsUnfit(character) && !stays(character))
            ? string.Concat(text.Select(character => IsUnfit(character) && !stays(character) ? '\uFFFD' : character))
            : text;

    /// <summary>C0 and C1 controls, and the marks that reverse the direction of text or break lines.</summary>
    private static bool IsUnfit(char character) =>
        char.IsControl(character) || character is '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u061C' or '\uFEFF';
}
