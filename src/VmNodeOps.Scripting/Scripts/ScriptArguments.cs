using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>What the command line of a script says. The same words as those of the tool.</summary>
public sealed record ScriptArguments
{
    /// <summary>The nodes: every argument that is no option, and every <c>--node</c>. Default none.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The kubeconfig file (<c>--kubeconfig</c>); null: what kubectl would use.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context of the kubeconfig (<c>--context</c>); null: the current one.</summary>
    public string? Context { get; init; }

    /// <summary>How long each run may take (<c>--timeout 30m</c>); null: what the script says, otherwise an hour.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether plans are shown instead of being run (<c>--dry-run</c>).</summary>
    public bool DryRun { get; init; }

    /// <summary>How the data on stdout is written (<c>--output text|json|jsonl</c>).</summary>
    /// <value><see cref="OutputForm.Text"/>.</value>
    public OutputForm Output { get; init; }

    /// <summary>Whether progress is left out (<c>--quiet</c>).</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether help was asked for (<c>--help</c>): the script's body is not run.</summary>
    public bool Help { get; init; }

    /// <summary>What was set with <c>--set name=value</c>, by name; the last one counts.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ScriptException">It cannot be meant; ends with <see cref="ExitCode.Usage"/>.</exception>
    public static ScriptArguments Parse(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new ScriptArgumentParser(arguments).Parse();
    }

    internal const string Usage = """
        Usage: SCRIPT [NODE…] [options]
          --node NODE          a node, the same as an argument without an option
          --kubeconfig FILE    the kubeconfig file; without it: what kubectl would use
          --context NAME       the context of the kubeconfig; without it: the current one
          --timeout TIME       how long each run may take: 90s, 30m, 1h30m
          --dry-run            shows what would be done, and writes nothing
          --output FORM        text, json or jsonl (a line for each event, while it goes on)
          --quiet              no progress
          --set NAME=VALUE     a value for the script; may be repeated
        Exit codes: 0 done, 1 failed, 2 usage, 3 blocked or refused, 4 timed out, 5 not permitted, 6 another actor holds the node, 7 done in part, 130 cancelled.
        """;
}

/// <summary>Reads the command line of a script, word by word.</summary>
internal sealed class ScriptArgumentParser(IEnumerable<string> words)
{
    private readonly Queue<string> _words = new(words);
    private readonly List<string> _nodes = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private ScriptArguments _arguments = new();

    public ScriptArguments Parse()
    {
        var onlyNodes = false;
        while (_words.TryDequeue(out var word))
        {
            if (onlyNodes || !word.StartsWith('-'))
            {
                AddNode(word);
            }
            else if (word == "--")
            {
                onlyNodes = true;
            }
            else
            {
                Take(word);
            }
        }

        return _arguments with { Nodes = _nodes, Values = _values };
    }

    private void Take(string word)
    {
        // --name=value is the same as --name value.
        var (name, given) = word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (word[..at], word[(at + 1)..]) : (word, null);
        string Next() => given ?? (_words.TryDequeue(out var value) ? value : throw Mistake($"{name} wants a value."));
        bool Flag() => given is null ? true : throw Mistake($"{name} takes no value.");
        switch (name)
        {
            case "--node":
                AddNode(Next());
                break;
            case "--set":
                AddValue(Next());
                break;
            case "--timeout":
                _arguments = _arguments with { Timeout = Time(Next()) };
                break;
            case "--output" or "-o":
                var form = Next();
                _arguments = _arguments with { Output = OutputForms.Find(form) ?? throw Mistake($"'{form}' is not a form of --output: write text, json or jsonl.") };
                break;
            case "--kubeconfig":
                _arguments = _arguments with { Kubeconfig = Next() };
                break;
            case "--context":
                _arguments = _arguments with { Context = Next() };
                break;
            case "--dry-run":
                _arguments = _arguments with { DryRun = Flag() };
                break;
            case "--quiet" or "-q":
                _arguments = _arguments with { Quiet = Flag() };
                break;
            case "--help" or "-h":
                _arguments = _arguments with { Help = Flag() };
                break;
            default:
                throw Mistake($"'{name}' is no option of a script.{NearestName.Hint(name, ["--node", "--set", "--timeout", "--output", "--kubeconfig", "--context", "--dry-run", "--quiet", "--help"])}");
        }
    }

    private void AddNode(string name)
    {
        if (!ObjectName.IsValid(name))
        {
            throw Mistake($"'{name}' is not the name of a node: names are of lower-case letters, digits, '-' and '.'.");
        }

        _nodes.Add(name);
    }

    private void AddValue(string pair)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw Mistake($"'{pair}' is nothing to --set: write --set name=value.");
        }

        _values[pair[..at]] = pair[(at + 1)..];
    }

    private static TimeSpan Time(string text) =>
        Durations.TryParse(text, out var timeout) && timeout <= TimeSpan.FromDays(24)
            ? timeout
            : throw Mistake($"'{text}' is not a time for --timeout: write 90s, 30m, 1h30m or 00:30:00, and at most 24 days.");

    private static ScriptException Mistake(string message) => new(ExitCode.Usage, $"{message}\nSee --help.");
}
