using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Authentication;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>Exec plugins are real processes here: small shell scripts.</summary>
public sealed class ExecPluginTests : IDisposable
{
    private const string Answer = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"TOKEN"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_plugin_gets_its_arguments_apart_its_variables_and_what_it_may_know_of_the_cluster()
    {
        var plugin = Plugin(
            $$"""
            { for a in "$@"; do echo "arg:$a"; done; echo "var:$EXTRA"; echo "info:$KUBERNETES_EXEC_INFO"; echo "stdin:$(cat)"; } > {{_folder}}/seen
            echo '{{Answer}}'
            """,
            exec => new KubeConfigExec
            {
                ApiVersion = exec.ApiVersion,
                Command = exec.Command,
                Arguments = ["get token", "", "a\"b$HOME"],
                Variables = [KeyValuePair.Create("EXTRA", "x y")],
                ProvideClusterInfo = true,
            });

        var answer = await plugin.RunAsync(default);

        answer.Credential.Token.Should().Be("TOKEN");
        answer.ExpiresAt.Should().BeNull();
        var seen = await File.ReadAllLinesAsync(Path.Combine(_folder, "seen"));
        seen.Should().StartWith(["arg:get token", "arg:", "arg:a\"b$HOME", "var:x y"]).And.EndWith("stdin:");
        seen.Single(line => line.StartsWith("info:", StringComparison.Ordinal)).Should()
            .Contain("\"kind\":\"ExecCredential\"").And.Contain("\"interactive\":false").And.Contain("\"server\":\"https://c:6443\"");
    }

    [Fact]
    public async Task Many_requests_at_once_run_a_plugin_once_and_again_only_when_its_answer_ends_or_is_refused()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var runs = 0;
        var go = new TaskCompletionSource();
        var source = new ExecCredentialSource(
            async _ =>
            {
                await go.Task;
                return new ExecAnswer(new Credential($"t{Interlocked.Increment(ref runs)}", null), time.GetUtcNow().AddMinutes(10));
            },
            time);

        var many = Enumerable.Range(0, 50).Select(_ => source.GetAsync(default).AsTask()).ToList();
        go.SetResult();
        var first = (await Task.WhenAll(many)).Distinct().Should().ContainSingle().Subject;
        time.Advance(TimeSpan.FromMinutes(9));
        (await source.GetAsync(default)).Should().BeSameAs(first);
        time.Advance(TimeSpan.FromSeconds(31));
        var second = await source.GetAsync(default);
        source.Reject(first);
        (await source.GetAsync(default)).Should().BeSameAs(second, "a late refusal of the old one says nothing about the new one");
        source.Reject(second);
        var third = await source.GetAsync(default);

        new[] { first.Token, second.Token, third.Token }.Should().Equal("t1", "t2", "t3");
    }

    [Fact]
    public async Task A_failed_run_is_told_to_all_who_waited_and_tried_again_by_the_next()
    {
        var runs = 0;
        var source = new ExecCredentialSource(
            _ => ++runs == 1 ? throw ConfigurationProblem.Of("no") : Task.FromResult(new ExecAnswer(new Credential("t", null), null)), TimeProvider.System);

        await source.Invoking(failing => failing.GetAsync(default).AsTask()).Should().ThrowAsync<ClusterException>();

        (await source.GetAsync(default)).Token.Should().Be("t");
    }

    [Fact]
    public async Task A_plugin_that_hangs_is_ended()
    {
        var plugin = Plugin("sleep 600", limit: TimeSpan.FromMilliseconds(300));

        var failure = await plugin.Invoking(hanging => hanging.RunAsync(default)).Should().ThrowAsync<ClusterException>();

        failure.Which.Message.Should().Contain("did not answer within 0.3 s");
    }

    [Fact]
    public async Task A_plugin_that_fails_is_quoted_but_never_its_output()
    {
        var plugin = Plugin("echo secret-token; echo 'login first' >&2; exit 3");

        var failure = await plugin.Invoking(failing => failing.RunAsync(default)).Should().ThrowAsync<ClusterException>();

        failure.Which.Message.Should().Contain("ended with exit code 3, saying: login first").And.NotContain("secret");
    }

    [Fact]
    public async Task A_missing_plugin_shows_its_install_hint()
    {
        var exec = new KubeConfigExec { ApiVersion = "client.authentication.k8s.io/v1", Command = Path.Combine(_folder, "none"), InstallHint = "Install it from example.org." };
        var plugin = new ExecPlugin("u", exec, new KubeConfigCluster(), authorities: null, "context \"x\"");

        var failure = await plugin.Invoking(missing => missing.RunAsync(default)).Should().ThrowAsync<ClusterException>();

        failure.Which.Message.Should().EndWith("Install it from example.org.");
        failure.Which.Cause.Should().Be(ClusterErrorCause.BadConfiguration);
    }

    [Fact]
    public async Task A_401_runs_the_plugin_once_more_and_sends_the_request_again()
    {
        var count = Path.Combine(_folder, "count");
        var script = Script($"echo run >> {count}; n=$(wc -l < {count} | tr -d ' '); echo '{Answer.Replace("TOKEN", "t'$n'", StringComparison.Ordinal)}'");
        await using var server = await TestServer.StartAsync((context, _) => context.Request.Headers.Authorization == "Bearer t2"
            ? TestServer.JsonAsync(context, 200, """{"gitVersion":"v1.30.1","major":"1","minor":"30"}""")
            : TestServer.JsonAsync(context, 401, TestServer.Status(401, "Unauthorized", "Unauthorized")));
        using var cluster = server.Connect(kubeConfig: server.KubeConfig($"exec: {{apiVersion: client.authentication.k8s.io/v1, command: {script}, interactiveMode: Never}}"));

        var versions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.Server.GetVersionAsync()));

        versions.Should().OnlyContain(version => version.Minor == 30);
        (await File.ReadAllLinesAsync(count)).Should().HaveCount(2);
    }

    private ExecPlugin Plugin(string script, Func<KubeConfigExec, KubeConfigExec>? change = null, TimeSpan? limit = null)
    {
        var exec = new KubeConfigExec { ApiVersion = "client.authentication.k8s.io/v1", Command = Script(script), InteractiveMode = "IfAvailable" };
        return new ExecPlugin("u", change?.Invoke(exec) ?? exec, new KubeConfigCluster { Server = "https://c:6443" }, authorities: null, "context \"x\"")
        {
            TimeLimit = limit ?? TimeSpan.FromSeconds(30),
        };
    }

    private string Script(string text)
    {
        var file = Path.Combine(_folder, $"plugin-{Guid.NewGuid():N}");
        File.WriteAllText(file, "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return file;
    }
}
