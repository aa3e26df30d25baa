using System.Runtime.CompilerServices;
using System.Text;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Proof;

/// <summary>Every state of a node against every kind of evidence: where a recovery destroys, by the API server's own log. The table stands in docs/safety.md.</summary>
public sealed class EvidenceMatrixTests(ITestOutputHelper output)
{
    private const string Begin = "<!-- matrix: written by EvidenceMatrixTests with VMNODEOPS_ACCEPT=1 -->\n";
    private const string End = "<!-- /matrix -->";

    [Fact]
    public async Task A_recovery_destroys_on_strong_evidence_about_a_node_that_is_down_and_nowhere_else()
    {
        var cells = new List<MatrixCell>();
        foreach (var node in Enum.GetValues<MatrixNode>())
        {
            foreach (var cell in await MatrixScene.RunAsync(node))
            {
                output.WriteLine($"{node} x {cell.Evidence}: {cell.Destroyed} of {cell.ToDestroy} destroyed, {cell.OtherWrites} other writes, {cell.Report.Result} {cell.Code}\n    {cell.Report.Summary}");
                cells.Add(cell);
                Judge(cell);
            }
        }

        var table = Write(cells);
        var file = Path.Combine(Repository(), "docs", "safety.md");
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        text.Should().Contain(Begin).And.Contain(End);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
        {
            File.WriteAllText(file, text = text[..from] + table + text[to..]);
            to = from + table.Length;
        }

        text[from..to].Should().Be(table, "docs/safety.md shows what this test finds; if the change is meant, accept it with VMNODEOPS_ACCEPT=1");
    }

    private static void Judge(MatrixCell cell)
    {
        var because = $"{cell.Node} x {cell.Evidence}\n{cell.Report.ToText()}";
        switch (cell.Node, cell.Evidence)
        {
            case (MatrixNode.Unknown or MatrixNode.False or MatrixNode.Deleted, MatrixEvidence.Strong):
                cell.Destroyed.Should().Be(cell.ToDestroy, because);
                cell.Report.Result.Should().Be(MaintenanceResult.Succeeded, because);
                break;
            case (MatrixNode.Returns or MatrixNode.Reboots or MatrixNode.Replaced, MatrixEvidence.Strong or MatrixEvidence.Expires):
            case (MatrixNode.Unknown or MatrixNode.False or MatrixNode.Deleted, MatrixEvidence.Expires):
                cell.Destroyed.Should().BePositive(because).And.BeLessThan(cell.ToDestroy, because);
                cell.DestroyedLate.Should().Be(0, because);
                cell.Report.Result.Should().Be(MaintenanceResult.Blocked, because);
                break;
            default:
                cell.Destroyed.Should().Be(0, because);
                cell.OtherWrites.Should().Be(0, because);
                cell.Report.Result.Should().BeOneOf([MaintenanceResult.Refused, MaintenanceResult.Blocked], because);
                break;
        }
    }

    private static string Write(List<MatrixCell> cells)
    {
        var table = new StringBuilder("| node |");
        foreach (var evidence in Enum.GetValues<MatrixEvidence>())
        {
            table.Append(' ').Append(MatrixWords.Of(evidence)).Append(" |");
        }

        table.Append("\n|---|").Append(string.Concat(Enumerable.Repeat("---|", Enum.GetValues<MatrixEvidence>().Length))).Append('\n');
        foreach (var row in cells.GroupBy(cell => cell.Node))
        {
            table.Append("| ").Append(MatrixWords.Of(row.Key)).Append(" |");
            foreach (var cell in row)
            {
                table.Append(' ').Append(MatrixWords.Of(cell)).Append(" |");
            }

            table.Append('\n');
        }

        return table.ToString();
    }

    private static string Repository([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
