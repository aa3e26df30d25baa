using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VmNodeOps.Scripting;

/// <summary>
/// Reads a YAML file into texts, lists and mappings, and nothing else: no tags, so that no type is ever made by name; no anchors, so that a small file cannot grow; bounded in size, depth and number.
/// </summary>
internal sealed class YamlReader(string file, ProblemList problems)
{
    public const int LargestFile = 64 * 1024;
    private const int Deepest = 12;
    private const int MostValues = 5000;

    private int _values;

    /// <exception cref="RunbookException">It is not YAML, or YAML of a kind that has no place in a runbook.</exception>
    public YamlValue Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestFile)
        {
            throw problems.Fatal(1, 1, $"the file is larger than {LargestFile / 1024} KiB. A runbook is a page of text; is this the right file?");
        }

        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw problems.Fatal(1, 1, "the file is empty. Expected a mapping with runbook, name, nodes and steps.");
            }

            var value = ReadValue(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _)
                ? value
                : throw problems.Fatal(parser.Current!.Start, "a second document begins here. A runbook is one document.");
        }
        catch (YamlException exception)
        {
            throw FindTab(text) is var (line, column)
                ? problems.Fatal(line, column, "a tab in the indentation. YAML takes blanks only.")
                : problems.Fatal(exception.Start, $"this is not YAML: {exception.Message}");
        }
        catch (Exception exception) when (exception is not (RunbookException or OutOfMemoryException))
        {
            // The parser has been seen to fail in its own ways on text that ends too early.
            throw problems.Fatal(1, 1, $"{file} is not valid YAML.");
        }
    }

    /// <summary>The parser tells of a tab where the block begins that it is in.</summary>
    private static (int Line, int Column)? FindTab(string text)
    {
        foreach (var (number, line) in text.Split('\n').Index())
        {
            var indentation = line.Length - line.TrimStart(' ', '\t').Length;
            if (indentation < line.TrimEnd().Length && line.IndexOf('\t', 0, indentation) is >= 0 and var tab)
            {
                return (number + 1, tab + 1);
            }
        }

        return null;
    }

    private YamlValue ReadValue(Parser parser, int depth)
    {
        var here = parser.Current!;
        if (++_values > MostValues)
        {
            throw problems.Fatal(here.Start, string.Create(CultureInfo.InvariantCulture, $"more than {MostValues} values. A runbook is a page of text; is this the right file?"));
        }

        if (depth > Deepest)
        {
            throw problems.Fatal(here.Start, string.Create(CultureInfo.InvariantCulture, $"nested more than {Deepest} deep. Nothing in a runbook is."));
        }

        if (here is NodeEvent node)
        {
            EnsurePlain(node);
        }

        var (line, column) = ((int)here.Start.Line, (int)here.Start.Column);
        switch (here)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new YamlText(scalar.Value, scalar.Style == ScalarStyle.Plain, line, column);
            case SequenceStart:
                parser.MoveNext();
                var items = new List<YamlValue>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(ReadValue(parser, depth + 1));
                }

                return new YamlList(items, line, column);
            case MappingStart:
                parser.MoveNext();
                return new YamlMap(ReadEntries(parser, depth), line, column);
            default:
                throw problems.Fatal(here.Start, "an alias (*name) has no place in a runbook. Write the value out, or use a variable.");
        }
    }

    private List<KeyValuePair<YamlText, YamlValue>> ReadEntries(Parser parser, int depth)
    {
        var entries = new List<KeyValuePair<YamlText, YamlValue>>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadValue(parser, depth + 1) is not YamlText key)
            {
                throw problems.Fatal(parser.Current!.Start, "a key must be a word.");
            }

            if (!seen.TryAdd(key.Text, key.Line))
            {
                problems.Add(key, $"'{key.Text}' is there twice; first in line {seen[key.Text].ToString(CultureInfo.InvariantCulture)}. Remove one of the two.");
            }

            entries.Add(new(key, ReadValue(parser, depth + 1)));
        }

        return entries;
    }

    private void EnsurePlain(NodeEvent node)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            throw problems.Fatal(node.Start, $"the tag {node.Tag.Value} has no place in a runbook. Take it off: types follow from what is expected.");
        }

        if (!node.Anchor.IsEmpty)
        {
            throw problems.Fatal(node.Start, $"the anchor &{node.Anchor.Value} has no place in a runbook. Use a variable.");
        }
    }
}

/// <summary>Gathers what is wrong with a file.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<RunbookProblem> _problems = [];

    public void Add(YamlValue at, string message) => _problems.Add(new RunbookProblem(file, at.Line, at.Column, message));

    public RunbookException Fatal(Mark at, string message) => Fatal((int)at.Line, (int)at.Column, message);

    /// <summary>After this nothing else can be read.</summary>
    public RunbookException Fatal(int line, int column, string message)
    {
        _problems.Add(new RunbookProblem(file, Math.Max(1, line), Math.Max(1, column), message));
        return Exception();
    }

    /// <exception cref="RunbookException">There are problems.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw Exception();
        }
    }

    private RunbookException Exception() => new([.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
}
