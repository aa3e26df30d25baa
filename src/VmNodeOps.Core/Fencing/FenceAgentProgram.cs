namespace VmNodeOps;

/// <summary>Finds the program of a fence agent, and only there where programs are installed: never in the folder in which we happen to be.</summary>
internal static class FenceAgentProgram
{
    private static readonly string[] Usual = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin"];

    /// <summary>Why this cannot be the program of a fence agent; null if it can.</summary>
    public static string? FindObjection(string program)
    {
        var file = Path.GetFileName(program);
        if (file.Length < 7 || !file.StartsWith("fence_", StringComparison.Ordinal) || file.Any(char.IsControl))
        {
            return $"'{Clean(program)}' is not a fence agent: their names begin with fence_, as fence_redfish or fence_ipmilan.";
        }

        return file == program || Path.IsPathFullyQualified(program) ? null : $"'{Clean(program)}' is a path that depends on the current folder: give the agent's name, or its absolute path.";
    }

    /// <summary>The absolute path; null if there is none.</summary>
    public static string? Find(string program) =>
        Path.IsPathFullyQualified(program)
            ? File.Exists(program) ? program : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Concat(Usual)
                .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Clean(string text) => string.Concat(text.Take(80).Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
