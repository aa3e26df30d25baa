using System.Text;

namespace VmNodeOps.Scripting;

/// <summary>A procedure in YAML, read and checked: its steps are known, its options fit. <see cref="Bind"/> gives it values. Immutable.</summary>
/// <remarks>
/// <code>
/// runbook: 1
/// name: drain
/// variables:
///   nodes: { description: which nodes, with commas between }
///   time: { default: 1h }
/// nodes: ${nodes}
/// timeout: ${time}
/// onFailure: stop
/// steps: [open-window, cordon, { drain: { stuckAfter: 5m } }, verify-elsewhere]
/// </code>
/// </remarks>
public sealed class Runbook
{
    /// <summary>The version of the form, which every runbook says: <c>runbook: 1</c>.</summary>
    public const int CurrentVersion = 1;

    private readonly RunbookDocument _document;
    private readonly StepRegistry _registry;

    private Runbook(RunbookDocument document, StepRegistry registry)
    {
        _document = document;
        _registry = registry;
    }

    /// <summary>Its name.</summary>
    public string Name => _document.Name;

    /// <summary>What it is for. Default empty.</summary>
    public string Description => _document.Description;

    /// <summary>What can be set, in the order of the file.</summary>
    public IReadOnlyList<RunbookVariable> Variables => _document.Variables;

    /// <summary>Reads a file and checks it, as far as that goes without the values of its variables.</summary>
    /// <param name="path">The file.</param>
    /// <param name="registry">The steps that it may name; null: those of the library.</param>
    /// <exception cref="RunbookException">It cannot be meant as it stands: every problem with file, line and column.</exception>
    public static Runbook Load(string path, StepRegistry? registry = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            // One more than is allowed is enough to know that it is too much.
            using var stream = File.OpenRead(path);
            var buffer = new byte[YamlReader.LargestFile + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: length < buffer.Length);
            using var reader = new StreamReader(new MemoryStream(buffer, 0, length), encoding);
            return Parse(reader.ReadToEnd(), Path.GetFileName(path), registry);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunbookException($"There is no runbook at {path}.");
        }
        catch (DecoderFallbackException)
        {
            throw new RunbookException($"The runbook {path} is no text in UTF-8. Save it as such.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunbookException($"The runbook {path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Reads a text and checks it, as far as that goes without the values of its variables.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="registry">The steps that it may name; null: those of the library.</param>
    /// <exception cref="RunbookException">It cannot be meant as it stands.</exception>
    public static Runbook Parse(string text, string file = "runbook.yaml", StepRegistry? registry = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        registry ??= StepRegistry.BuiltIn;
        var problems = new ProblemList(file);
        var root = new YamlReader(file, problems).Read(text);
        var document = new RunbookReader(problems).Read(root) with { File = file };
        new RunbookCompiler(document, registry, values: null, problems).Compile();
        problems.ThrowIfAny();
        return new Runbook(document, registry);
    }

    /// <summary>Gives the variables their values.</summary>
    /// <param name="values">By name; null: none. Those that are not there have their defaults.</param>
    /// <exception cref="RunbookException">A value is missing, there is no such variable, or a value does not fit where it is used.</exception>
    public BoundRunbook Bind(IReadOnlyDictionary<string, string>? values = null)
    {
        var problems = new ProblemList(_document.File);
        var names = Variables.Select(variable => variable.Name).ToList();
        foreach (var name in (values?.Keys ?? []).Where(name => !names.Contains(name)).Order(StringComparer.Ordinal))
        {
            var known = names.Count == 0 ? "It has none." : $"It has: {string.Join(", ", names)}.";
            problems.Add(_document.Root, $"the runbook has no variable '{name}'.{NearestName.Hint(name, names)} {known}");
        }

        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in Variables)
        {
            if ((values?.GetValueOrDefault(variable.Name) ?? variable.Default) is { } value)
            {
                all[variable.Name] = value;
            }
            else
            {
                var what = variable.Description.Length == 0 ? "" : $" ({variable.Description})";
                problems.Add(_document.PlaceOf(variable), $"the variable '{variable.Name}'{what} has no value. Give it one: --set {variable.Name}=…");
            }
        }

        problems.ThrowIfAny();
        var bound = new RunbookCompiler(_document, _registry, all, problems).Compile();
        problems.ThrowIfAny();
        return bound ?? throw new InvalidOperationException("A runbook without problems has everything.");
    }
}

/// <summary>A variable of a runbook.</summary>
public sealed record RunbookVariable
{
    /// <summary>Its name; used as <c>${name}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for. Default empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Its value if none is given; null: one must be.</summary>
    public string? Default { get; init; }
}

/// <summary>What becomes of a run over several nodes when one of them does not succeed.</summary>
public enum RunbookFailure
{
    /// <summary>That node stays as it is, and no other is begun.</summary>
    Stop,

    /// <summary>That node stays as it is, and the others go on.</summary>
    Continue,

    /// <summary>The steps of that node are undone, and no other is begun.</summary>
    Undo,
}

/// <summary>A runbook with everything that it needs: what is to be done with which nodes.</summary>
public sealed record BoundRunbook
{
    /// <summary>The runbook's name.</summary>
    public required string Name { get; init; }

    /// <summary>A maintenance for each node, in the order in which they begin.</summary>
    public required IReadOnlyList<NodeMaintenance> Maintenances { get; init; }

    /// <summary>How many nodes are under way at once.</summary>
    /// <value>1.</value>
    public int Parallel { get; init; } = 1;

    /// <summary>What becomes of the others when a node does not succeed.</summary>
    /// <value><see cref="RunbookFailure.Stop"/>.</value>
    public RunbookFailure OnFailure { get; init; }
}
