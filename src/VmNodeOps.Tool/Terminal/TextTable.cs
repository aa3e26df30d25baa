using System.Text;

namespace VmNodeOps.Tool.Terminal;

/// <summary>Columns as kubectl writes them: aligned by blanks, no lines, so that grep, awk and people can read them.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable.Line)]);

    public void WriteTo(TextWriter writer)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column].PadRight(widths[column] + 3));
            }

            writer.WriteLine(line.ToString().TrimEnd());
        }
    }
}
