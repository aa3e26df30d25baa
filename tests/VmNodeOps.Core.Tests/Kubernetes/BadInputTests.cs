using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>
/// What a person reads when something is set up wrong: each one paragraph that names the thing and says what to do, recorded in BadInput.txt.
/// Write it anew with VMNODEOPS_ACCEPT=1.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = """
        current-context: dev
        contexts: [{name: dev, context: {cluster: lab, user: ops} }, {name: staging, context: {cluster: lab} }]
        clusters: [{name: lab, cluster: {server: "https://127.0.0.1:1"} }]
        users: [{name: ops, user: {token: very-secret} }]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;
    private readonly StringBuilder _text = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_is_a_paragraph_that_names_the_thing_and_says_what_to_do()
    {
        KubeConfigs();
        Users();
        await PluginsAsync();
        await ServersAsync();
        await AnswersAsync();

        var now = _text.ToString();
        var file = Path.Combine(Path.GetDirectoryName(Here())!, "BadInput.txt");
        if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(file, now);
        }

        now.Should().NotContain("very-secret");
        now.Should().Be(await File.ReadAllTextAsync(file));
    }

    private void KubeConfigs()
    {
        Config("no such file", null);
        Config("empty file", "");
        Config("broken YAML", "users:\n- name: [very-secret\nx: {");
        Config("not a mapping", "- very-secret");
        Config("wrong kind of value", "clusters: very-secret");
        Config("wrong flag", Good.Replace("server: \"https://127.0.0.1:1\"", "insecure-skip-tls-verify: very-secret", StringComparison.Ordinal));
        Config("entry without a name", "contexts: [{context: {cluster: a}}]");
        Config("name said twice", "users: [{name: a, user: {token: very-secret}}, {name: a, user: {token: b}}]");
        Config("wrong context", Good, "prod");
        Config("no current context", Good.Replace("current-context: dev", "", StringComparison.Ordinal));
        Config("context without cluster", Good.Replace("cluster: lab, user", "user", StringComparison.Ordinal));
        Config("unknown cluster", Good.Replace("context: {cluster: lab, user", "context: {cluster: lob, user", StringComparison.Ordinal));
        Config("unknown user", Good.Replace("user: ops}", "user: sepp}", StringComparison.Ordinal));
        Config("no server", Good.Replace("server: \"https://127.0.0.1:1\"", "", StringComparison.Ordinal));
        Config("server that is no address", Good.Replace("https://127.0.0.1:1", "127.0.0.1:1", StringComparison.Ordinal));
        Config("server with a password", Good.Replace("https://", "https://a:very-secret@", StringComparison.Ordinal));
        Config("proxy that is no address", Good.Replace("\"https://127.0.0.1:1\"", "\"https://a\", proxy-url: squid", StringComparison.Ordinal));
        Config("authority that is missing", Good.Replace("\"https://127.0.0.1:1\"", "\"https://a\", certificate-authority: ca.pem", StringComparison.Ordinal));
        Config("authority that is no base64", Good.Replace("\"https://127.0.0.1:1\"", "\"https://a\", certificate-authority-data: \"%\"", StringComparison.Ordinal));
        Config("authority without certificate", Good.Replace("\"https://127.0.0.1:1\"", "\"https://a\", certificate-authority-data: YQ==", StringComparison.Ordinal));
        Config("authority and none", Good.Replace("\"https://127.0.0.1:1\"", "\"https://a\", insecure-skip-tls-verify: true, certificate-authority-data: YQ==", StringComparison.Ordinal));
        Told("no kubeconfig at all", () => KubernetesCluster.FromDefaults(new HostEnvironment { Variable = _ => null, Home = () => _folder, ServiceAccountFolder = _folder }, null, null));
        Told("not in a pod", () => InClusterConnection.Build(new HostEnvironment { Variable = _ => null }, TimeProvider.System));
        Told("a pod without token", () => InClusterConnection.Build(
            new HostEnvironment { Variable = name => name == "KUBERNETES_SERVICE_PORT" ? "443" : "10.0.0.1", ServiceAccountFolder = _folder }, TimeProvider.System));
        Told("configuration without host", () => KubernetesCluster.FromConfiguration(new k8s.KubernetesClientConfiguration()));
    }

    private void Users()
    {
        User("user name and password", "{username: a, password: very-secret}");
        User("auth provider", "{auth-provider: {name: oidc, config: {id-token: very-secret}}}");
        User("half a certificate", "{client-key-data: YQ==}");
        User("key that does not fit", $"{{client-certificate-data: {Base64(new TestCertificates().AuthorityPem)}, client-key-data: {Base64("very-secret")}}}");
        User("key file that is missing", "{client-certificate: a.pem, client-key: a.key}");
        User("plugin without command", "{exec: {apiVersion: client.authentication.k8s.io/v1}}");
        User("plugin of an old version", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: login}}");
        User("plugin that wants a terminal", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Always}}");
    }

    private async Task PluginsAsync()
    {
        await CallAsync("token file that is missing", "{tokenFile: token}");
        await CallAsync("plugin that is missing", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [very-secret]}}");
        await CallAsync("plugin that fails", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: [-c, 'echo very-secret; echo log in first >&2; exit 1']}}");
        await CallAsync("plugin that answers nonsense", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: [-c, 'echo very-secret']}}");
    }

    private async Task ServersAsync()
    {
        await CallAsync("server that is not there", "{token: very-secret}");
        await CallAsync("host that is not known", "{token: very-secret}", "https://no-such-host.invalid:6443");
        await using var other = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, "{}"), certificateHost: "other.example");
        await ServerAsync("certificate for another host", other, other.KubeConfig());
        await using var stranger = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, "{}"));
        await ServerAsync("certificate of another authority", stranger, stranger.KubeConfig(cluster: $"certificate-authority-data: {Base64(new TestCertificates().AuthorityPem)}"));
        var plain = other.KubeConfig();
        await File.WriteAllTextAsync(plain, (await File.ReadAllTextAsync(plain)).Replace("https://", "http://", StringComparison.Ordinal));
        await ServerAsync("http to a port of https", other, plain);
    }

    private async Task AnswersAsync()
    {
        await AnswerAsync("expired token", 401, "application/json", TestServer.Status(401, "Unauthorized", "Unauthorized"));
        await AnswerAsync("missing rights", 403, "application/json", TestServer.Status(403, "Forbidden", "pods is forbidden: User \\\"jane\\\" cannot list resource \\\"pods\\\" in API group \\\"\\\" at the cluster scope"));
        await AnswerAsync("a web server", 404, "text/html", "<html><title>very-secret</title></html>");
        await AnswerAsync("a web server that is content", 200, "text/html", "<html></html>");
        await AnswerAsync("a login page", 302, "text/html", "");
        await AnswerAsync("another API", 200, "application/json", """{"hello":"world"}""");
        await AnswerAsync("an unknown path", 404, "text/plain", "404 page not found\n");
        await AnswerAsync("a proxy without a server", 502, "text/html", "<html>Bad Gateway</html>");
        await AnswerAsync("too many requests", 429, "text/plain", "Too many requests, please try again later.");
        await AnswerAsync("a cluster without KubeVirt", 404, "text/plain", "404 page not found\n", cluster => cluster.VirtualMachines.ListAsync(Selection.All));
    }

    private void User(string what, string user) => Config(what, Good.Replace("{token: very-secret}", user, StringComparison.Ordinal));

    private void Config(string what, string? text, string? context = null)
    {
        var file = Path.Combine(_folder, "config");
        File.Delete(file);
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        Told(what, () => KubernetesCluster.FromKubeConfig(file, context));
    }

    private void Told(string what, Func<object> call)
    {
        var failure = call.Should().Throw<ClusterException>(what).Which;
        failure.Cause.Should().Be(ClusterErrorCause.BadConfiguration);
        Record(what, failure);
    }

    private async Task CallAsync(string what, string user, string? server = null)
    {
        var file = Path.Combine(_folder, "config");
        var text = Good.Replace("{token: very-secret}", user, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, server is null ? text : text.Replace("https://127.0.0.1:1", server, StringComparison.Ordinal));
        using var cluster = KubernetesCluster.FromKubeConfig(file, options: TestServer.Quick with { ReadRetries = 0 });
        Record(what, (await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>(what)).Which);
    }

    private async Task ServerAsync(string what, TestServer server, string kubeConfig)
    {
        using var cluster = server.Connect(TestServer.Quick with { ReadRetries = 0 }, kubeConfig);
        Record(what, (await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>(what)).Which, server);
    }

    private async Task AnswerAsync(string what, int code, string type, string body, Func<KubernetesCluster, Task>? call = null)
    {
        await using var server = await TestServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = code;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        });
        using var cluster = server.Connect(TestServer.Quick with { ReadRetries = 0 });
        var failure = await cluster.Invoking(asked => call?.Invoke(asked) ?? asked.Pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>(what);
        Record(what, failure.Which, server);
    }

    private void Record(string what, ClusterException failure, TestServer? server = null)
    {
        var text = failure.Message.Replace(_folder, "<folder>", StringComparison.Ordinal);
        if (server is not null)
        {
            text = text.Replace(server.Address.Port.ToString(CultureInfo.InvariantCulture), "<port>", StringComparison.Ordinal).Replace(server.Folder, "<folder>", StringComparison.Ordinal);
            text = System.Text.RegularExpressions.Regex.Replace(text, "config-[0-9a-f]+", "config");
        }

        text.Should().NotContain("\n", "it is one paragraph").And.EndWith(".");
        failure.ToString().Should().NotContain("very-secret");
        _text.Append(CultureInfo.InvariantCulture, $"{what} ({failure.Cause})\n    {text}\n\n");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Here([CallerFilePath] string path = "") => path;
}
