using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>Runs the credential plugin of a kubeconfig's user (<c>client.authentication.k8s.io</c>) and reads its answer.</summary>
/// <remarks>Its standard output may hold a token and is never shown; its standard error is, because that is where a plugin says what it
/// lacks, without what looks like a secret (<see cref="ExecComplaint"/>).</remarks>
internal sealed class ExecPlugin
{
    private const int LargestAnswer = 1024 * 1024;
    private const int LongestComplaint = 500;

    private readonly string _user;
    private readonly KubeConfigExec _exec;
    private readonly KubeConfigCluster _cluster;
    private readonly X509Certificate2Collection? _authorities;
    private readonly string _origin;

    public ExecPlugin(string user, KubeConfigExec exec, KubeConfigCluster cluster, X509Certificate2Collection? authorities, string origin)
    {
        (_user, _exec, _cluster, _authorities, _origin) = (user, exec, cluster, authorities, origin);
        if (exec.Command is null)
        {
            throw ConfigurationProblem.Of($"The exec plugin of the user \"{user}\" ({origin}) has no command. Add `command:` to it.");
        }

        if (exec.ApiVersion is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw ConfigurationProblem.Of(
                $"The exec plugin of the user \"{user}\" ({origin}) has an apiVersion that is not supported. Use client.authentication.k8s.io/v1, and a plugin that speaks it.");
        }

        if (exec.InteractiveMode == "Always")
        {
            throw ConfigurationProblem.Of(
                $"The exec plugin {exec.Command} of the user \"{user}\" ({origin}) insists on a terminal (interactiveMode: Always), and there is none here. " +
                "Log in with it beforehand and set interactiveMode to IfAvailable, or use a token or a client certificate.");
        }
    }

    /// <summary>How long a plugin may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    public async Task<ExecAnswer> RunAsync(CancellationToken cancellationToken)
    {
        using var process = Start();
        // A process of the machine lives by the machine's clock, whatever clock the cluster is watched by.
        using var limit = new CancellationTokenSource(TimeLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            var answer = ReadAsync(process.StandardOutput, LargestAnswer, either.Token);
            var complaint = ReadAsync(process.StandardError, LongestComplaint, either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var (text, words) = (await answer.ConfigureAwait(false), await complaint.ConfigureAwait(false));
            if (process.ExitCode != 0)
            {
                throw Failed($"ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}{new ExecComplaint(_exec, text).Quote(words)}");
            }

            return Parse(text);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not answer within {TimeLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        finally
        {
            Stop(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(_exec.Command!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in _exec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in _exec.Variables.Where(variable => variable.Key.Length > 0))
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = Information().ToJsonString();
        try
        {
            return Process.Start(start) ?? throw Failed("could not be started");
        }
        catch (Win32Exception problem)
        {
            var hint = _exec.InstallHint is { } text ? $" {text.Trim()}" : " Install it, or correct `command:` in the kubeconfig.";
            throw ConfigurationProblem.Of(
                $"The exec plugin {_exec.Command} of the user \"{_user}\" ({_origin}) could not be started: {Why(problem)}.{hint}", problem);
        }
    }

    private static string Why(Win32Exception problem) => problem.NativeErrorCode switch
    {
        2 => "there is no such program",
        5 or 13 => "this user may not run it",
        var code => $"the system refuses (error {code.ToString(CultureInfo.InvariantCulture)})",
    };

    private JsonObject Information()
    {
        var specification = new JsonObject { ["interactive"] = false };
        if (_exec.ProvideClusterInfo)
        {
            specification["cluster"] = ClusterInformation();
        }

        return new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = _exec.ApiVersion, ["spec"] = specification };
    }

    private JsonObject ClusterInformation()
    {
        var cluster = new JsonObject { ["server"] = _cluster.Server };
        if (_cluster.TlsServerName is { } name)
        {
            cluster["tls-server-name"] = name;
        }

        if (_cluster.SkipTlsVerify)
        {
            cluster["insecure-skip-tls-verify"] = true;
        }

        if (_authorities is not null)
        {
            var pem = string.Join('\n', _authorities.Select(authority => authority.ExportCertificatePem()));
            cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem + "\n"));
        }

        if (_cluster.ProxyUrl is { } proxy)
        {
            cluster["proxy-url"] = proxy;
        }

        if (_cluster.DisableCompression)
        {
            cluster["disable-compression"] = true;
        }

        cluster["config"] = _cluster.ExecConfiguration?.DeepClone();
        return cluster;
    }

    private ExecAnswer Parse(string text)
    {
        ExecCredentialDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(text, ExecCredentialJson.Default.ExecCredentialDocument);
        }
        catch (JsonException)
        {
            throw Failed("gave an answer that is not the JSON of an ExecCredential");
        }

        if (document?.Kind != "ExecCredential" || document.ApiVersion != _exec.ApiVersion || document.Status is not { } status)
        {
            throw Failed($"did not answer with an ExecCredential of {_exec.ApiVersion} that has a status");
        }

        var what = $"the client certificate from the exec plugin {_exec.Command} of the user \"{_user}\" ({_origin})";
        var certificate = (status.ClientCertificateData, status.ClientKeyData) switch
        {
            (null or "", null or "") => null,
            ({ Length: > 0 } pem, { Length: > 0 } key) => PemFiles.Client(pem, key, what),
            _ => throw Failed("gave only one half of a client certificate"),
        };
        var token = string.IsNullOrEmpty(status.Token) ? null : status.Token;
        return token is null && certificate is null
            ? throw Failed("gave neither a token nor a client certificate")
            : new ExecAnswer(new Credential(token, certificate), status.ExpirationTimestamp);
    }

    private ClusterException Failed(string what) => ConfigurationProblem.Of(
        $"The exec plugin {_exec.Command} of the user \"{_user}\" ({_origin}) {what}. Run it by hand to see what it lacks, for example a new login.");

    /// <summary>Reads to the end, keeping at most <paramref name="most"/> characters: a plugin that talks must not block on a full pipe.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, int most, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Append(buffer, 0, Math.Min(count, most - kept.Length));
        }

        return kept.ToString();
    }

    private static void Stop(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
