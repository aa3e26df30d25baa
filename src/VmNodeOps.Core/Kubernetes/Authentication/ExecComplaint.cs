using System.Text.RegularExpressions;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>What a credential plugin that failed says on its standard error, without secrets: some print there what they got or what they were given.</summary>
/// <param name="exec">How it was called; its variables and arguments may be secrets.</param>
/// <param name="answer">What it wrote to its standard output, where the token belongs.</param>
internal sealed partial class ExecComplaint(KubeConfigExec exec, string answer)
{
    private const string Mark = "***";

    /// <summary>Shorter ones are flags and profile names, whose absence would make the sentence useless.</summary>
    private const int ShortestSecret = 8;

    /// <summary>The part of the message that quotes it; empty if it said nothing.</summary>
    public string Quote(string words)
    {
        // Blocks first: as one line their end is not seen any more where the text was cut.
        var shown = Known().Aggregate(Blocks().Replace(words, Mark), static (text, secret) => text.Replace(secret, Mark, StringComparison.Ordinal));
        shown = Opaque().Replace(Named().Replace(shown, "${name}" + Mark), Mark);
        return string.IsNullOrWhiteSpace(shown) ? "" : $", saying: {string.Join(' ', shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}";
    }

    private IEnumerable<string> Known() =>
        exec.Variables.Select(variable => variable.Value)
            .Concat(exec.Arguments.Where(argument => argument.Length >= 2 * ShortestSecret && !argument.Contains('/', StringComparison.Ordinal)))
            .Concat(Strings().Matches(answer).Select(match => match.Value).Where(word => word.Length >= 2 * ShortestSecret))
            .Where(text => text.Length >= ShortestSecret)
            .OrderByDescending(text => text.Length);

    /// <summary>The words of an answer, JSON or not.</summary>
    [GeneratedRegex(@"[^\s""'{}\[\],:]+", RegexOptions.CultureInvariant)]
    private static partial Regex Strings();

    /// <summary>PEM, also where it was cut before its end.</summary>
    [GeneratedRegex(@"-----BEGIN .*?(-----END [^-]*-----|\z)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    /// <summary>What follows the name of a secret.</summary>
    [GeneratedRegex(@"(?<name>\b(bearer\s+|(token|password|passwd|secret|api[_-]?key|private[_-]?key)[""']?\s*[:=]\s*[""']?))[^\s""']+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    /// <summary>A JSON web token, or a long word of letters and digits that is no path, address or host name.</summary>
    [GeneratedRegex(@"\beyJ[\w.-]+|(?<![\w./:@-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w/@]|[.:]\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Opaque();
}
