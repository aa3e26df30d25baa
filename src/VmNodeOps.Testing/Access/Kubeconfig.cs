using System.Text;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Access;

/// <summary>One entry of a kubeconfig: where, as whom, in which namespace.</summary>
public sealed record KubeconfigContext
{
    /// <summary>The context's name, which its cluster and user share.</summary>
    public required string Name { get; init; }

    /// <summary>The API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The authority that signs the server's certificate, PEM; null leaves it out.</summary>
    public string? CertificateAuthorityPem { get; init; }

    /// <summary>Checked instead of the address's host name; null leaves it out.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The context's namespace; null leaves it out.</summary>
    public string? Namespace { get; init; }

    /// <summary>A bearer token; null when a certificate serves.</summary>
    public string? Token { get; init; }

    /// <summary>A client certificate; null when a token serves.</summary>
    public ClientCertificate? Certificate { get; init; }
}

/// <summary>Writes kubeconfig files, which every Kubernetes client reads.</summary>
public static class Kubeconfig
{
    /// <summary>The text of a kubeconfig with these contexts.</summary>
    /// <param name="contexts">At least one.</param>
    /// <param name="currentContext">The name of the one that is used unless told otherwise; default the first.</param>
    public static string Write(IReadOnlyList<KubeconfigContext> contexts, string? currentContext = null)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentOutOfRangeException.ThrowIfZero(contexts.Count);
        var text = new StringBuilder("apiVersion: v1\nkind: Config\npreferences: {}\n");
        text.Append("current-context: ").Append(Quote(currentContext ?? contexts[0].Name)).Append('\n');
        Section(text, "clusters", contexts, WriteCluster);
        Section(text, "users", contexts, WriteUser);
        Section(text, "contexts", contexts, WriteContext);
        return text.ToString();
    }

    /// <summary>Writes a kubeconfig with these contexts to a file that only this user may read.</summary>
    public static void WriteTo(string path, IReadOnlyList<KubeconfigContext> contexts, string? currentContext = null)
    {
        var text = Write(contexts, currentContext);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    private static void Section(
        StringBuilder text, string name, IReadOnlyList<KubeconfigContext> contexts, Action<StringBuilder, KubeconfigContext> write)
    {
        text.Append(name).Append(":\n");
        foreach (var context in contexts)
        {
            text.Append("- name: ").Append(Quote(context.Name)).Append('\n');
            write(text, context);
        }
    }

    private static void WriteCluster(StringBuilder text, KubeconfigContext context)
    {
        text.Append("  cluster:\n");
        Line(text, "server", context.Server.GetLeftPart(UriPartial.Authority));
        Line(text, "certificate-authority-data", Base64(context.CertificateAuthorityPem));
        Line(text, "tls-server-name", context.TlsServerName);
    }

    private static void WriteUser(StringBuilder text, KubeconfigContext context)
    {
        text.Append(context.Token is null && context.Certificate is null ? "  user: {}\n" : "  user:\n");
        Line(text, "token", context.Token);
        Line(text, "client-certificate-data", Base64(context.Certificate?.CertificatePem));
        Line(text, "client-key-data", Base64(context.Certificate?.PrivateKeyPem));
    }

    private static void WriteContext(StringBuilder text, KubeconfigContext context)
    {
        text.Append("  context:\n");
        Line(text, "cluster", context.Name);
        Line(text, "user", context.Name);
        Line(text, "namespace", context.Namespace);
    }

    private static void Line(StringBuilder text, string key, string? value)
    {
        if (value is not null)
        {
            text.Append("    ").Append(key).Append(": ").Append(Quote(value)).Append('\n');
        }
    }

    private static string? Base64(string? text) => text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // A JSON string is a YAML string; base64 stays readable because nothing in it is escaped but '+'.
    private static string Quote(string value) =>
        value.All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=' or '-' or '.' or ':' or '@')
            ? $"\"{value}\""
            : JsonValue.Create(value).ToJsonString();
}
