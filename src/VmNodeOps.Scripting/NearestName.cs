namespace VmNodeOps.Scripting;

/// <summary>Finds what somebody may have meant by a misspelled word.</summary>
internal static class NearestName
{
    /// <summary>The known name that is nearest, if it is near enough; otherwise null.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var best = known.Select(name => (Name: name, Distance: Distance(Plain(word), Plain(name)))).OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, Math.Min(word.Length, best.Name.Length) / 3) ? best.Name : null;
    }

    /// <summary><c> Did you mean 'drain'?</c>, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> known) => Find(word, known) is { } name ? $" Did you mean '{name}'?" : "";

    /// <summary>Hyphens, underscores and case are the usual slips.</summary>
    private static string Plain(string word) =>
        string.Concat(word.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Edits between two words: insertions, deletions, replacements, and neighbours that changed places.</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
