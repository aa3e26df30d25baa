using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace VmNodeOps.Tests.Eviction;

/// <summary>docs/kubectl-drain.md names a test for each flag; the tests are there, and no flag of kubectl drain is missing.</summary>
public sealed partial class KubectlDrainPageTests
{
    private static readonly string[] Flags =
    [
        "--chunk-size", "--delete-emptydir-data", "--disable-eviction", "--dry-run=client", "--dry-run=server", "--force", "--grace-period", "--ignore-daemonsets", "--pod-selector",
        "--selector", "--skip-wait-for-delete-timeout", "--timeout",
    ];

    [Fact]
    public void Every_flag_has_a_counterpart_and_every_counterpart_a_test_that_is_there()
    {
        var rows = Page().Split('\n').Where(line => line.StartsWith('|') && line.Contains("Tests.")).ToList();

        rows.Should().HaveCountGreaterThan(20);
        foreach (var flag in Flags)
        {
            rows.Should().Contain(row => row.Split('|', StringSplitOptions.None)[1].Contains($"`{flag}`"), $"{flag} is a flag of kubectl drain");
        }

        var named = rows.SelectMany(row => Test().Matches(row)).Select(match => (Type: match.Groups["type"].Value, Method: match.Groups["method"].Value)).ToList();
        named.Should().HaveCountGreaterThanOrEqualTo(rows.Count);
        var types = typeof(KubectlDrainPageTests).Assembly.GetTypes().ToLookup(type => type.Name);
        named.Where(one => !types[one.Type].Any(type => type.GetMethod(one.Method) is not null)).Should().BeEmpty("each line names a test that exists");
    }

    private static string Page([CallerFilePath] string path = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "kubectl-drain.md"));

    [GeneratedRegex(@"`(?<type>\w+Tests)\.(?<method>\w+)`")]
    private static partial Regex Test();
}
