using System.Text;

namespace VmNodeOps;

/// <summary>What an agent reads from its standard input: a line <c>name=value</c> for each parameter.</summary>
internal static class FenceAgentInput
{
    private static readonly string[] Telling = ["passw", "secret", "token", "passphrase"];
    private static readonly string[] Talkative = ["verbose", "verbose_level", "debug", "debug_file"];

    /// <summary>Why these options cannot be given to an agent; null if they can. Names are shown, values never.</summary>
    public static string? FindObjection(FenceAgentOptions options)
    {
        foreach (var (name, value) in options.Parameters)
        {
            if (ObjectionToName(name) is { } objection)
            {
                return objection;
            }

            if (IsSecret(name))
            {
                return $"The parameter '{name}' of {options.Program} is a secret: give it among the Secrets, with the tool by --fence-secret-file or --fence-secret-env.";
            }

            if (value is null || value.AsSpan().IndexOfAny("\r\n\0") >= 0)
            {
                return $"The value of the parameter '{name}' of {options.Program} has more than one line; fence agents cannot take that.";
            }
        }

        return options.Secrets.Keys.Select(ObjectionToName).FirstOrDefault(objection => objection is not null)
            ?? options.Secrets.Keys.Where(options.Parameters.ContainsKey).Select(name => $"The parameter '{name}' of {options.Program} is given twice.").FirstOrDefault();

        string? ObjectionToName(string name) => name switch
        {
            _ when name.Length == 0 || name.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-')) =>
                $"'{name}' is not the name of a parameter of {options.Program}: use letters, digits, '_' and '-'.",
            _ when Plain(name) is "action" or "option" => $"The parameter '{name}' is ours to give: {options.Program} is told off, on, reboot or status as need be.",
            _ when Talkative.Contains(Plain(name)) => $"The parameter '{name}' would make {options.Program} write secrets into its output. Run the agent by hand to see more.",
            _ => null,
        };
    }

    /// <summary>The input for one call.</summary>
    public static string Write(FenceAgentOptions options, string action, IReadOnlyDictionary<string, string> secrets)
    {
        var input = new StringBuilder();
        input.Append("action=").Append(action).Append('\n');
        foreach (var (name, value) in options.Parameters.Concat(secrets).OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            input.Append(name).Append('=').Append(Quote(value)).Append('\n');
        }

        return input.ToString();
    }

    /// <summary>Agents trim each line and take one pair of quotation marks off a value; a value that would suffer is put into a pair.</summary>
    private static string Quote(string value) => value != value.Trim() || (value.Length > 1 && value[0] == '"' && value[^1] == '"') ? $"\"{value}\"" : value;

    /// <summary>A program or a file that gives the secret is none itself.</summary>
    private static bool IsSecret(string name)
    {
        var plain = Plain(name);
        return !plain.EndsWith("_script", StringComparison.Ordinal) && !plain.EndsWith("_file", StringComparison.Ordinal)
            && Telling.Any(part => plain.Contains(part, StringComparison.Ordinal));
    }

    private static string Plain(string name) => name.ToLowerInvariant().Replace('-', '_');
}
