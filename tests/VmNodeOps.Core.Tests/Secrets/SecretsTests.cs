using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Configuration;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Tests.Secrets;

/// <summary>A planted token and a planted key reach the server, and nothing else that we say or store.</summary>
public sealed class SecretsTests
{
    private const string GoodAnswer = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"TOKEN"}}""";

    [Fact]
    public async Task The_planted_marks_are_those_of_the_token_and_of_the_key()
    {
        await using var scene = await SecretScene.StartAsync();
        var token = PlantedSecrets.KubeconfigWithToken(scene.Cluster);
        var key = PlantedSecrets.Certify(scene.Cluster);
        using var parsed = System.Security.Cryptography.ECDsa.Create();
        parsed.ImportFromPem(key.PrivateKeyPem);
        var number = parsed.ExportParameters(includePrivateParameters: true).D!;

        var looks = string.Join('\n', token, Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(PlantedSecrets.Token)), key.PrivateKeyPem,
            PlantedSecrets.KubeconfigWithKey(scene.Cluster), System.Text.Encoding.ASCII.GetString(number), Convert.ToHexStringLower(number));

        PlantedSecrets.FoundIn(looks).Should().HaveCount(PlantedSecrets.Marks.Count, "each line of the file is a form of a credential");
    }

    [Fact]
    public async Task A_token_is_in_the_servers_log_and_in_nothing_of_ours()
    {
        await using var scene = await SecretScene.StartAsync();

        await scene.RunEverythingAsync(PlantedSecrets.KubeconfigWithToken(scene.Cluster, "ops", AccessControl.Masters));

        var sent = scene.Cluster.Requests.Where(request => request.User == "ops");
        sent.Should().HaveCountGreaterThan(100);
        sent.Count(request => PlantedSecrets.FoundIn(request.Authorization ?? "").Any()).Should().Be(sent.Count, "the search finds what was sent");
        scene.Outputs.Counts.Keys.Should().Contain(["log", "event", "report", "plan", "options", "client", "configmaps", "events", "leases", "nodes"]);
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_client_key_is_in_nothing_of_ours()
    {
        await using var scene = await SecretScene.StartAsync();

        await scene.RunEverythingAsync(PlantedSecrets.KubeconfigWithKey(scene.Cluster, "ops", AccessControl.Masters));

        scene.Cluster.Requests.Where(request => request.User == "ops").Should().HaveCountGreaterThan(100, "the key was used");
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task Whoever_is_not_known_or_may_not_is_told_so_without_the_secret()
    {
        await using var scene = await SecretScene.StartAsync();

        (await scene.TryAsync(PlantedSecrets.KubeconfigWithUnknownToken(scene.Cluster), SecretScene.Drain)).Should().BeNull("it is answered 401");
        (await scene.TryAsync(PlantedSecrets.KubeconfigWithToken(scene.Cluster, "nobody"), SecretScene.Drain)).Should().BeNull("it is answered 403");
        (await scene.TryAsync(PlantedSecrets.KubeconfigWithKey(scene.Cluster, "nobody"), SecretScene.Drain)).Should().BeNull("it is answered 403");

        scene.Cluster.Requests.All.Select(request => request.StatusCode).Should().Contain([401, 403]);
        scene.Outputs.Counts["exception"].Should().BePositive();
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_server_that_repeats_the_token_is_not_quoted_with_it()
    {
        await using var scene = await SecretScene.StartAsync();
        var kubeconfig = PlantedSecrets.KubeconfigWithToken(scene.Cluster, "ops", AccessControl.Masters);
        foreach (var status in new[] { 401, 403, 500 })
        {
            using var fault = scene.Cluster.Faults.Add(new FaultRule { Effect = FaultEffect.Status(status, "Repeats", $"the header Authorization: Bearer {PlantedSecrets.Token} is not good") });
            (await scene.TryAsync(kubeconfig, SecretScene.Drain)).Should().BeNull();
        }

        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_token_that_is_revoked_in_the_middle_is_not_told()
    {
        await using var scene = await SecretScene.StartAsync();
        var kubeconfig = PlantedSecrets.KubeconfigWithToken(scene.Cluster, "ops", AccessControl.Masters);
        var revoke = new Execution.TestStep("revoke", (_, _) =>
        {
            scene.Cluster.Users.RevokeToken(PlantedSecrets.Token);
            return Task.FromResult(StepOutcome.Succeeded("revoked"));
        });

        var report = await scene.TryAsync(kubeconfig, NodeMaintenance.OnNode("worker-1").With(options => options with { Timeout = TimeSpan.FromMinutes(3) }).Cordon().Then(revoke).Drain());

        report.Should().NotBeNull().And.Match<MaintenanceReport>(ended => !ended.Succeeded);
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_cancelled_run_tells_no_secret()
    {
        await using var scene = await SecretScene.StartAsync();
        using var cancellation = new CancellationTokenSource();
        using var rule = scene.Cluster.Faults.Add(new FaultRule
        {
            Subresource = "eviction",
            Resource = "pods",
            Effect = FaultEffect.Choose(_ =>
            {
                cancellation.Cancel();
                return null;
            }),
        });

        var report = await scene.TryAsync(PlantedSecrets.KubeconfigWithToken(scene.Cluster, "ops", AccessControl.Masters), SecretScene.Drain, cancellation.Token);

        (report is null || report.Result == MaintenanceResult.Cancelled).Should().BeTrue();
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_or_not_there_is_told_of_without_the_secret()
    {
        await using (var scene = await SecretScene.StartAsync(builder => builder with { Certificate = ServerCertificateKind.OtherAuthority }))
        {
            (await scene.TryAsync(PlantedSecrets.KubeconfigWithToken(scene.Cluster, "ops", AccessControl.Masters), SecretScene.Drain)).Should().BeNull();
            (await scene.TryAsync(PlantedSecrets.KubeconfigWithKey(scene.Cluster, "ops", AccessControl.Masters), SecretScene.Drain)).Should().BeNull();
            scene.Cluster.Requests.All.Should().BeEmpty("nothing is sent to whom we do not trust");
            scene.Outputs.Counts["exception"].Should().BePositive();
            scene.Outputs.ShouldHoldNoSecret();
        }

        await using var other = await SecretScene.StartAsync();
        var dead = new Uri("https://127.0.0.1:1/").GetLeftPart(UriPartial.Authority);
        foreach (var kubeconfig in new[] { PlantedSecrets.KubeconfigWithToken(other.Cluster), PlantedSecrets.KubeconfigWithKey(other.Cluster) })
        {
            (await other.TryAsync(kubeconfig.Replace(other.Cluster.Address.GetLeftPart(UriPartial.Authority), dead, StringComparison.Ordinal), SecretScene.Drain)).Should().BeNull();
        }

        other.Outputs.Counts["exception"].Should().BePositive();
        other.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task An_exec_plugin_that_talks_of_its_token_is_not_quoted_with_it()
    {
        await using var scene = await SecretScene.StartAsync();
        var answer = GoodAnswer.Replace("TOKEN", PlantedSecrets.Token, StringComparison.Ordinal);
        scene.Cluster.Users.AcceptToken(PlantedSecrets.Token, "ops", [AccessControl.Masters]);

        await scene.RunAsync(scene.Plugin($"echo 'my token is {PlantedSecrets.Token}' >&2; echo '{answer}'"), SecretScene.Drain);
        var talks = new[]
        {
            $"echo '{answer}'; echo 'got {PlantedSecrets.Token}, but it is over' >&2; exit 1",
            $"echo 'token={PlantedSecrets.Token} has expired' >&2; exit 1",
            $"echo 'Authorization: Bearer {PlantedSecrets.Token}' >&2; exit 1",
            $"echo 'cannot use {PlantedSecrets.Token}.' >&2; exit 1",
            $"echo '{PlantedSecrets.Certify(scene.Cluster).PrivateKeyPem}' >&2; exit 1",
            $"echo '{PlantedSecrets.Token}'",
            $"echo '{answer.Replace("ExecCredential", "Other", StringComparison.Ordinal)}'",
            $"echo '{answer.Replace("token", "clientKeyData", StringComparison.Ordinal)}'",
            $"echo '{answer.Replace("\"token\"", "\"clientCertificateData\":\"none\",\"clientKeyData\"", StringComparison.Ordinal)}'",
        };
        foreach (var talk in talks)
        {
            (await scene.TryAsync(scene.Plugin(talk), SecretScene.Drain)).Should().BeNull();
        }

        scene.Outputs.Counts["exception"].Should().BeGreaterThanOrEqualTo(talks.Length);
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task A_broken_kubeconfig_is_not_quoted()
    {
        await using var scene = await SecretScene.StartAsync();
        var token = PlantedSecrets.KubeconfigWithToken(scene.Cluster);
        var key = PlantedSecrets.KubeconfigWithKey(scene.Cluster);
        var broken = new[]
        {
            token.Replace("token: ", "token: [", StringComparison.Ordinal),
            token.Replace("token: ", "token: { a: b, ", StringComparison.Ordinal),
            token.Replace("token: \"", "token: \"\\q", StringComparison.Ordinal),
            token.Replace("    token: ", "\ttoken: ", StringComparison.Ordinal),
            token.Replace("token: ", "tokenFile: ", StringComparison.Ordinal),
            token.Replace("token: ", $"username: jane\n    password: ", StringComparison.Ordinal),
            token.Replace(PlantedSecrets.Token, $"{PlantedSecrets.Token}\\nX-Header: 1", StringComparison.Ordinal),
            key.Replace("client-key-data: \"", "client-key-data: \"!", StringComparison.Ordinal),
            key.Replace("client-key-data", "client-key", StringComparison.Ordinal),
            key.Replace("client-certificate-data", "client-other", StringComparison.Ordinal),
            string.Join('\n', key.Split('\n').Select(line => line.Contains("client-key-data", StringComparison.Ordinal) ? $"{line[..^60]}\"" : line)),
        };

        foreach (var kubeconfig in broken)
        {
            (await scene.TryAsync(kubeconfig, SecretScene.Drain)).Should().BeNull($"broken kubeconfig {Array.IndexOf(broken, kubeconfig)}");
        }

        scene.Outputs.Counts["exception"].Should().BeGreaterThanOrEqualTo(broken.Length);
        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public async Task What_holds_a_secret_does_not_print_it()
    {
        await using var scene = await SecretScene.StartAsync();
        foreach (var kubeconfig in new[] { PlantedSecrets.KubeconfigWithToken(scene.Cluster), PlantedSecrets.KubeconfigWithKey(scene.Cluster) })
        {
            var file = Path.GetTempFileName();
            await File.WriteAllTextAsync(file, kubeconfig);
            var config = KubeConfigFiles.Read(file);
            var connection = new ConnectionBuilder(config, TimeProvider.System).Build(null);
            using var client = KubernetesCluster.FromConfiguration(k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
            var credential = await connection.Credentials.GetAsync(default);
            object?[] holders =
            [
                config, .. config.Users.Values, connection, connection.Credentials, credential, credential.Certificate, client,
                new ClusterConnectionOptions { Kubeconfig = file },
            ];
            foreach (var holder in holders)
            {
                scene.Outputs.Add("holder", holder);
            }

            File.Delete(file);
        }

        scene.Outputs.ShouldHoldNoSecret();
    }

    [Fact]
    public void The_search_finds_what_is_there()
    {
        var outputs = new Outputs();
        outputs.Add(new InvalidOperationException("outer", new InvalidOperationException($"inner {PlantedSecrets.Token.ToLowerInvariant()}")));

        outputs.Invoking(leaking => leaking.ShouldHoldNoSecret()).Should().Throw<Xunit.Sdk.XunitException>()
            .Which.Message.Should().Contain("line 1 of planted-secrets.txt").And.NotContain(PlantedSecrets.Token);
    }
}
