using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Authentication;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Tests.Kubernetes;

public sealed class KubeConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void KUBECONFIG_merges_its_files_and_passes_over_missing_and_empty_entries()
    {
        var first = Write("first", Config("one", "https://one:1"));
        var second = Write("second", Config("two", "https://two:2") + "\n" + "extensions: []");
        var third = Write("third", Config("one", "https://other:9"));
        var environment = Environment(string.Join(Path.PathSeparator, "", Path.Combine(_folder, "missing"), first, "", second, third, first));

        var config = KubeConfigFiles.Find(environment)!;

        config.CurrentContext.Should().Be("one");
        config.Contexts.Keys.Should().BeEquivalentTo("one", "two");
        config.Clusters["one"].Server.Should().Be("https://one:1", "the first to say a name is heard");
        config.Files.Should().Equal(first, second, third);
    }

    [Fact]
    public void An_empty_KUBECONFIG_counts_as_unset()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".kube"));
        Write(Path.Combine(".kube", "config"), Config("home", "https://home:1"));

        KubeConfigFiles.Find(Environment(""))!.CurrentContext.Should().Be("home");
        KubeConfigFiles.Find(Environment(null))!.CurrentContext.Should().Be("home");
    }

    [Fact]
    public void Where_no_file_says_anything_the_service_account_of_the_pod_is_used()
    {
        var account = Directory.CreateDirectory(Path.Combine(_folder, "account")).FullName;
        File.WriteAllText(Path.Combine(account, "token"), "abc\n");
        File.WriteAllText(Path.Combine(account, "ca.crt"), new TestCertificates().AuthorityPem);
        var environment = new HostEnvironment
        {
            Variable = name => name switch { "KUBERNETES_SERVICE_HOST" => "fd00::1", "KUBERNETES_SERVICE_PORT" => "443", _ => null },
            Home = () => _folder,
            ServiceAccountFolder = account,
        };

        using var cluster = KubernetesCluster.FromDefaults(environment, context: null, options: null);

        cluster.ToString().Should().Be("https://[fd00::1]/ (the pod's service account)");
    }

    [Fact]
    public void Relative_paths_are_relative_to_the_file_they_stand_in()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        var file = Write(Path.Combine("sub", "config"), """
            clusters:
            - {name: c, cluster: {server: "https://c", certificate-authority: ca.pem}}
            users:
            - name: u
              user:
                client-certificate: ../u.pem
                client-key: /keys/u.key
                tokenFile: token
                exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [a b, ""], env: [{name: X, value: "1"}]}
            - {name: v, user: {exec: {command: login}}}
            """);

        var config = KubeConfigFiles.Read(file);

        config.Clusters["c"].AuthorityFile.Should().Be(Path.Combine(_folder, "sub", "ca.pem"));
        var user = config.Users["u"];
        user.CertificateFile.Should().Be(Path.Combine(_folder, "u.pem"));
        user.KeyFile.Should().Be("/keys/u.key");
        user.TokenFile.Should().Be(Path.Combine(_folder, "sub", "token"));
        user.Exec!.Command.Should().Be(Path.Combine(_folder, "sub", "login"));
        user.Exec.Arguments.Should().Equal("a b", "");
        config.Users["v"].Exec!.Command.Should().Be("login", "a bare name is looked up in PATH");
    }

    [Fact]
    public async Task Everything_that_a_cluster_and_user_may_say_reaches_the_connection()
    {
        var certificates = new TestCertificates();
        var (certificate, key) = certificates.Client("ops");
        File.WriteAllText(Path.Combine(_folder, "u.pem"), certificate);
        File.WriteAllText(Path.Combine(_folder, "u.key"), key);
        var file = Write("config", $$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u} }]
            clusters:
            - name: c
              cluster:
                server: https://c.example:6443/k8s/clusters/c-1
                tls-server-name: inside
                proxy-url: socks5://proxy:1080
                disable-compression: true
                insecure-skip-tls-verify: true
            users:
            - name: u
              user: {client-certificate: u.pem, client-key: u.key, token: t, as: jane, as-uid: "7", as-groups: [g, h], as-user-extra: {scopes: [s]} }
            """);

        var connection = new ConnectionBuilder(KubeConfigFiles.Read(file), TimeProvider.System).Build(null);

        connection.Should().BeEquivalentTo(new
        {
            Server = new Uri("https://c.example:6443/k8s/clusters/c-1"),
            TlsServerName = "inside",
            Proxy = new Uri("socks5://proxy:1080"),
            DisableCompression = true,
            SkipTlsVerify = true,
        });
        connection.Impersonation!.Groups.Should().Equal("g", "h");
        connection.Impersonation.Extra["scopes"].Should().Equal("s");
        var credential = await connection.Credentials.GetAsync(default);
        credential.Token.Should().Be("t");
        credential.Certificate!.Certificate.Subject.Should().Be("CN=ops");
    }

    [Fact]
    public async Task A_token_file_is_read_again_after_a_minute_and_when_refused()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var file = Write("token", "one\n");
        var source = new TokenFileSource(file, "a token file", certificate: null, time);

        var first = await source.GetAsync(default);
        File.WriteAllText(file, "two");
        (await source.GetAsync(default)).Should().BeSameAs(first);
        time.Advance(TimeSpan.FromMinutes(1));
        var second = await source.GetAsync(default);
        File.WriteAllText(file, "three");
        source.Reject(second);
        var third = await source.GetAsync(default);

        new[] { first.Token, second.Token, third.Token }.Should().Equal("one", "two", "three");
    }

    [Fact]
    public void Nothing_secret_is_in_the_text_of_a_cluster()
    {
        var file = Write("config", Config("c", "https://c:6443").Replace("user: {}", "user: {token: very-secret}", StringComparison.Ordinal));

        using var cluster = KubernetesCluster.FromKubeConfig(file);

        cluster.ToString().Should().Be($"https://c:6443/ (context \"c\" of the kubeconfig {file})");
    }

    [Fact]
    public void A_configuration_built_with_the_client_library_is_taken()
    {
        using var cluster = KubernetesCluster.FromConfiguration(new k8s.KubernetesClientConfiguration { Host = "https://c:6443", AccessToken = "t" });

        cluster.ToString().Should().Be("https://c:6443/ (the given KubernetesClientConfiguration)");
    }

    private static string Config(string name, string server) => $$"""
        current-context: {{name}}
        contexts: [{name: "{{name}}", context: {cluster: "{{name}}", user: "{{name}}" } }]
        clusters: [{name: "{{name}}", cluster: {server: "{{server}}" } }]
        users: [{name: "{{name}}", user: {} }]
        """;

    private HostEnvironment Environment(string? kubeConfig) =>
        new() { Variable = name => name == "KUBECONFIG" ? kubeConfig : null, Home = () => _folder, ServiceAccountFolder = _folder };

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
