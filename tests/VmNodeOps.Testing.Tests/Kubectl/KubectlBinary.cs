using System.Text.RegularExpressions;

namespace VmNodeOps.Testing.Tests.Kubectl;

/// <summary>A kubectl on this machine.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Minor">Its minor version as its file name tells; null for one that tells none and must be asked.</param>
public sealed record KubectlBinary(string Path, int? Minor)
{
    /// <summary>Every kubectl found: the one in PATH, and those beside it that carry a version in their names.</summary>
    public static IReadOnlyList<KubectlBinary> All { get; } = [.. Find()];

    /// <summary>The one of the highest version.</summary>
    public static KubectlBinary Newest =>
        All is [.., var last] ? last : throw new InvalidOperationException("No kubectl in PATH, and with CI=true its tests are not skipped.");

    public override string ToString() => System.IO.Path.GetFileName(Path);

    private static IEnumerable<KubectlBinary> Find()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator))
        {
            var path = System.IO.Path.Combine(folder, "kubectl");
            if (!File.Exists(path))
            {
                continue;
            }

            yield return new KubectlBinary(path, null);
            var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            foreach (var sibling in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(real)!, "kubectl.1.*").Order(StringComparer.Ordinal))
            {
                if (Regex.Match(sibling, @"kubectl\.1\.(\d+)$") is { Success: true } match)
                {
                    yield return new KubectlBinary(sibling, int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
                }
            }

            yield break;
        }
    }
}
