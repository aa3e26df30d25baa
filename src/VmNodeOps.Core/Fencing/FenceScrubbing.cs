using System.Text;

namespace VmNodeOps;

/// <summary>Takes secrets out of what an agent said, as they are and in the forms in which programs write them.</summary>
internal sealed class FenceScrubbing
{
    private const string Mark = "***";
    private readonly List<string> _forms;

    /// <param name="secrets">The secrets.</param>
    /// <param name="userName">The name that goes with them in an Authorization header; null if there is none.</param>
    public FenceScrubbing(IEnumerable<string> secrets, string? userName)
    {
        // Longest first, so that no form is cut by a shorter one within it.
        _forms = [.. secrets.SelectMany(secret => FormsOf(secret, userName)).Where(form => form.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
    }

    public string Clean(string text) => _forms.Aggregate(text, static (cleaned, form) => cleaned.Replace(form, Mark, StringComparison.Ordinal));

    public FenceAgentRun Clean(FenceAgentRun run) => run with { Output = Clean(run.Output), Error = Clean(run.Error) };

    private static IEnumerable<string> FormsOf(string secret, string? userName) =>
    [
        secret, secret.Trim(), Uri.EscapeDataString(secret), secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{secret}")),
    ];
}
