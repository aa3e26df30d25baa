using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Transport;

namespace VmNodeOps.Tests.Kubernetes;

public sealed class TransportTests
{
    private const string Version = """{"gitVersion":"v1.28.8","major":"1","minor":"28+"}""";
    private const string NoPods = """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}""";

    private static readonly ObjectIdentity Pod = new(new ObjectName("default", "web-1"), "uid-1");

    [Fact]
    public async Task The_version_is_read_over_HTTP_2_with_the_token()
    {
        var seen = "";
        await using var server = await TestServer.StartAsync((context, _) =>
        {
            seen = $"{context.Request.Protocol} {context.Request.Headers.Authorization} {context.Request.Headers.UserAgent}";
            return TestServer.JsonAsync(context, 200, Version);
        });
        using var cluster = server.Connect();

        var version = await cluster.Server.GetVersionAsync();

        version.Should().Be(new ServerVersion { Text = "v1.28.8", Major = 1, Minor = 28 });
        seen.Should().StartWith("HTTP/2 Bearer secret-token vmnodeops/");
    }

    [Fact]
    public async Task A_certificate_of_the_right_authority_for_another_host_is_refused()
    {
        await using var server = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, Version), certificateHost: "other.example");
        using var cluster = server.Connect();

        var failure = await cluster.Server.Invoking(asked => asked.GetVersionAsync()).Should().ThrowAsync<ClusterException>();

        failure.Which.Cause.Should().Be(ClusterErrorCause.Tls);
        failure.Which.Message.Should().Contain("is not made out to \"127.0.0.1\"").And.NotContain("secret-token");
        server.Requests.Should().BeEmpty("the token must not reach a server that has not shown who it is");
    }

    [Fact]
    public async Task Tls_server_name_is_the_name_that_the_certificate_must_carry()
    {
        await using var server = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, Version), certificateHost: "other.example");
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(server.Certificates.AuthorityPem));
        using var fitting = server.Connect(kubeConfig: server.KubeConfig(cluster: $"certificate-authority-data: {authority}\n    tls-server-name: other.example"));
        using var wrong = server.Connect(kubeConfig: server.KubeConfig(cluster: $"certificate-authority-data: {authority}\n    tls-server-name: third.example"));
        using var careless = server.Connect(kubeConfig: server.KubeConfig(cluster: "insecure-skip-tls-verify: true"));

        await fitting.Server.GetVersionAsync();
        await careless.Server.GetVersionAsync();
        var failure = await wrong.Server.Invoking(asked => asked.GetVersionAsync()).Should().ThrowAsync<ClusterException>();

        failure.Which.Message.Should().Contain("third.example");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await using var server = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, Version));
        var other = Convert.ToBase64String(Encoding.UTF8.GetBytes(new TestCertificates().AuthorityPem));
        using var cluster = server.Connect(kubeConfig: server.KubeConfig(cluster: $"certificate-authority-data: {other}"));

        var failure = await cluster.Server.Invoking(asked => asked.GetVersionAsync()).Should().ThrowAsync<ClusterException>();

        failure.Which.Cause.Should().Be(ClusterErrorCause.Tls);
        failure.Which.Message.Should().Contain("is not signed by the certificate authority of the kubeconfig");
    }

    [Fact]
    public async Task A_client_certificate_is_shown()
    {
        var subject = "";
        await using var server = await TestServer.StartAsync((context, _) =>
        {
            subject = context.Connection.ClientCertificate?.Subject;
            return TestServer.JsonAsync(context, 200, Version);
        });
        var (certificate, key) = server.Certificates.Client("ops");
        using var cluster = server.Connect(kubeConfig: server.KubeConfig(
            $"client-certificate-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate))}\nclient-key-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(key))}"));

        await cluster.Server.GetVersionAsync();

        subject.Should().Be("CN=ops");
    }

    [Fact]
    public async Task Impersonation_reaches_the_server()
    {
        var headers = "";
        await using var server = await TestServer.StartAsync((context, _) =>
        {
            headers = string.Join(";", context.Request.Headers.Where(header => header.Key.StartsWith("Impersonate", StringComparison.OrdinalIgnoreCase))
                .Select(header => $"{header.Key}={header.Value}").Order());
            return TestServer.JsonAsync(context, 200, Version);
        });
        using var cluster = server.Connect(kubeConfig: server.KubeConfig("{as: jane, as-groups: [a, b], as-user-extra: {example.org/x: [1, 2]}}"));

        await cluster.Server.GetVersionAsync();

        headers.Should().BeEquivalentTo("Impersonate-Extra-example.org%2Fx=1, 2;Impersonate-Group=a, b;Impersonate-User=jane");
    }

    [Fact]
    public async Task A_body_that_stalls_is_cut_and_the_read_repeated()
    {
        var first = true;
        await using var server = await TestServer.StartAsync(async (context, self) =>
        {
            if (!first)
            {
                await TestServer.JsonAsync(context, 200, NoPods);
                return;
            }

            first = false;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"kind":"PodList",""");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, self.Stopping);
        });
        using var cluster = server.Connect(TestServer.Quick with { StallTimeout = TimeSpan.FromSeconds(2) });

        var pods = await cluster.Pods.ListAsync(Selection.All);

        pods.ResourceVersion.Should().Be("5");
        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Cancelling_ends_a_stalled_body_at_once()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await TestServer.StartAsync(async (context, self) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, self.Stopping);
        });
        using var cluster = server.Connect();

        var started = Stopwatch.GetTimestamp();
        await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All, cancel.Token)).Should().ThrowAsync<OperationCanceledException>();

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task No_answer_in_time_is_a_timeout_and_a_write_may_have_been_applied()
    {
        await using var server = await TestServer.StartAsync(async (context, self) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await Task.Delay(Timeout.Infinite, self.Stopping);
        });
        using var cluster = server.Connect(TestServer.Quick with { RequestTimeout = TimeSpan.FromSeconds(2), ReadRetries = 0 });

        var read = await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>();
        var write = await cluster.Pods.Invoking(pods => pods.DeleteAsync(Pod)).Should().ThrowAsync<ClusterException>();

        (read.Which.Cause, read.Which.MayHaveBeenApplied).Should().Be((ClusterErrorCause.Timeout, false));
        (write.Which.Cause, write.Which.MayHaveBeenApplied).Should().Be((ClusterErrorCause.Timeout, true));
    }

    [Fact]
    public async Task A_write_to_a_server_that_is_not_there_was_not_applied()
    {
        var server = await TestServer.StartAsync(200, Version);
        using var cluster = server.Connect();
        await server.DisposeAsync();

        var write = await cluster.Pods.Invoking(pods => pods.DeleteAsync(Pod)).Should().ThrowAsync<ClusterException>();

        (write.Which.Cause, write.Which.MayHaveBeenApplied).Should().Be((ClusterErrorCause.Unreachable, false));
        write.Which.Message.Should().Contain("refused the connection");
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Reads_are_repeated_after_trouble_that_may_pass(int code)
    {
        var count = 0;
        await using var server = await TestServer.StartAsync((context, _) => ++count < 3
            ? TestServer.JsonAsync(context, code, TestServer.Status(code, "Trouble", "later"))
            : TestServer.JsonAsync(context, 200, NoPods));
        using var cluster = server.Connect();

        await cluster.Pods.ListAsync(Selection.All);

        count.Should().Be(3);
    }

    [Fact]
    public async Task Reads_are_repeated_after_a_lost_connection_but_not_for_ever()
    {
        await using var server = await TestServer.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var cluster = server.Connect();

        var failure = await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>();

        failure.Which.Cause.Should().Be(ClusterErrorCause.ConnectionLost);
        server.Requests.Should().HaveCount(5);
    }

    [Fact]
    public async Task Retry_After_is_a_least_wait_up_to_a_limit_on_the_given_clock()
    {
        var time = new FakeTimeProvider();
        var retry = new ReadRetry(new KubernetesClusterOptions { TimeProvider = time, JitterSeed = 7 });
        var tries = 0;

        var reading = retry.ExecuteAsync<int>(
            _ => ++tries == 2
                ? ValueTask.FromResult(tries)
                : throw new ClusterException(ClusterErrorCause.TooManyRequests, "later") { Status = new ServerStatus { Code = 429, RetryAfter = TimeSpan.FromSeconds(7) } },
            CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromSeconds(6.9));
        reading.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(0.5));

        (await reading).Should().Be(2);
        retry.Delay(0, new ServerStatus { Code = 429, RetryAfter = TimeSpan.FromHours(1) }).Should().Be(TimeSpan.FromSeconds(30));
        Enumerable.Range(0, 12).Select(attempt => retry.Delay(attempt, null)).Should().OnlyContain(delay => delay <= TimeSpan.FromSeconds(30))
            .And.Subject.First().Should().BeLessThan(TimeSpan.FromSeconds(0.4));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Writes_are_never_repeated(int code)
    {
        await using var server = await TestServer.StartAsync(code, TestServer.Status(code, "Trouble", "later"), ("Retry-After", "1"));
        using var cluster = server.Connect();
        var name = new ObjectName("default", "x");
        var identity = new ObjectIdentity(name, "u");
        var owner = new ObjectReference { ApiVersion = "v1", Kind = "Node", Name = new ObjectName("n") };
        var writes = new Func<Task>[]
        {
            () => cluster.Pods.DeleteAsync(identity),
            () => cluster.Nodes.ChangeAsync(new ObjectIdentity(new ObjectName("n"), "u"), new NodeChange { Unschedulable = true }),
            () => cluster.VolumeAttachments.DeleteAsync(new ObjectIdentity(new ObjectName("va"), "u")),
            () => cluster.VirtualMachines.StartAsync(name),
            () => cluster.VirtualMachines.StopAsync(name),
            () => cluster.VirtualMachines.SetRunStrategyAsync(identity, RunStrategy.Halted),
            () => cluster.VirtualMachineInstances.AnnotateAsync(identity, new Dictionary<string, string?> { ["a"] = "b" }),
            () => cluster.VirtualMachineInstances.CancelEvacuationAsync(name, "n"),
            () => cluster.VirtualMachineInstances.DeleteAsync(identity),
            () => cluster.Migrations.CreateAsync(name),
            () => cluster.Migrations.DeleteAsync(identity),
            () => cluster.Leases.CreateAsync(new LeaseDraft { Name = name, HolderIdentity = "h", Duration = TimeSpan.FromSeconds(5), AcquiredAt = DateTimeOffset.UnixEpoch }),
            () => cluster.Leases.ReplaceAsync(new Lease { Name = name, Uid = "u", ResourceVersion = "1" }),
            () => cluster.Leases.DeleteAsync(identity),
            () => cluster.Events.CreateAsync(new EventDraft { Regarding = owner, Reason = "R", Message = "m" }),
        };

        foreach (var write in writes)
        {
            await write.Should().ThrowAsync<ClusterException>();
        }

        server.Requests.Should().HaveCount(writes.Length);
        var refusal = await cluster.Pods.EvictAsync(identity);
        refusal.Refusal.Should().BeEquivalentTo(new ServerStatus { Code = code, Reason = "Trouble", Message = "later", RetryAfter = TimeSpan.FromSeconds(1) });
        server.Requests.Should().HaveCount(writes.Length + 1);
    }

    [Fact]
    public async Task A_write_that_was_cut_says_that_it_may_have_been_applied()
    {
        await using var server = await TestServer.StartAsync(async (context, _) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Abort();
        });
        using var cluster = server.Connect();

        var failure = await cluster.Pods.Invoking(pods => pods.EvictAsync(Pod)).Should().ThrowAsync<ClusterException>();

        (failure.Which.Cause, failure.Which.MayHaveBeenApplied).Should().Be((ClusterErrorCause.ConnectionLost, true));
        failure.Which.Message.Should().Contain("it may have been carried out");
        server.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task An_eviction_has_a_time_limit_of_its_own()
    {
        await using var server = await TestServer.StartAsync(async (context, self) =>
        {
            await Task.Delay(600, self.Stopping);
            await TestServer.JsonAsync(context, 201, """{"kind":"Status","status":"Success","code":201}""");
        });
        using var cluster = server.Connect(TestServer.Quick with { RequestTimeout = TimeSpan.FromMilliseconds(200) });

        (await cluster.Pods.EvictAsync(Pod)).Accepted.Should().BeTrue();
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var server = await TestServer.StartAsync(200, NoPods.Replace("[]", $"[{new string(' ', 100_000)}]", StringComparison.Ordinal));
        using var cluster = server.Connect(TestServer.Quick with { LargestAnswer = 50_000, ReadRetries = 0 });

        var failure = await cluster.Pods.Invoking(pods => pods.ListAsync(Selection.All)).Should().ThrowAsync<ClusterException>();

        failure.Which.Message.Should().Contain("larger than 50000 bytes");
    }

    [Fact]
    public async Task Compressed_answers_are_read()
    {
        await using var server = await TestServer.StartAsync(async (context, _) =>
        {
            context.Request.Headers.AcceptEncoding.ToString().Should().Contain("gzip");
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Version));
        });
        using var cluster = server.Connect();

        (await cluster.Server.GetVersionAsync()).Minor.Should().Be(28);
    }

    [Fact]
    public async Task The_servers_time_is_what_it_said_and_what_has_passed_since()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(200, Version, ("Date", "Mon, 23 Nov 2026 10:00:00 GMT"));
        using var cluster = server.Connect(TestServer.Quick with { TimeProvider = time });

        var first = await cluster.Server.GetTimeAsync();
        time.Advance(TimeSpan.FromSeconds(90));
        var later = await cluster.Server.GetTimeAsync();

        first.Should().Be(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
        later.Should().Be(first.AddSeconds(90));
        server.Requests.Should().ContainSingle();
    }

    [Fact]
    public void A_date_cut_to_the_second_does_not_turn_the_clock_back()
    {
        var time = new FakeTimeProvider();
        var clock = new ServerClock(time);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        clock.Hear(start);
        time.Advance(TimeSpan.FromSeconds(0.9));
        clock.Hear(start);

        clock.Now.Should().Be(start.AddSeconds(0.9));

        clock.Hear(start.AddHours(-1));
        clock.Now.Should().Be(start.AddHours(-1), "a server whose clock was set back is followed");
    }

    [Fact]
    public async Task Names_that_would_mean_something_else_in_a_URL_never_leave()
    {
        await using var server = await TestServer.StartAsync(200, NoPods);
        using var cluster = server.Connect();
        var calls = new Func<Task>[]
        {
            () => cluster.Pods.DeleteAsync(default),
            () => cluster.Pods.EvictAsync(default),
            () => cluster.Nodes.FindAsync(default),
            () => cluster.Pods.FindAsync(new ObjectName("no-namespace")),
            () => cluster.Nodes.FindAsync(new ObjectName("default", "n")),
            () => cluster.VirtualMachines.StartAsync(default),
            () => cluster.Pods.ListAsync(new Selection { Namespace = "" }),
            () => cluster.Pods.ListAsync(new Selection { Namespace = "a/b" }),
            () => cluster.Pods.ListAsync(new Selection { NodeName = "n,metadata.name=x" }),
            () => cluster.Pods.ListAsync(new Selection { Name = ".." }),
            () => cluster.Nodes.ListAsync(new Selection { NodeName = "n" }),
            () => cluster.VirtualMachineInstances.CancelEvacuationAsync(new ObjectName("a", "b"), "n?x"),
        };

        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<ArgumentException>();
        }

        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_may_be_called_like_an_address()
    {
        await using var server = await TestServer.StartAsync(200, """{"metadata":{"name":"1.1.1.211","uid":"u","resourceVersion":"1"}}""");
        using var cluster = server.Connect();

        (await cluster.Nodes.FindAsync(new ObjectName("1.1.1.211")))!.Uid.Should().Be("u");
        await cluster.Nodes.ChangeAsync(new ObjectIdentity(new ObjectName("1.1.1.211"), "u"), new NodeChange { Unschedulable = true });

        server.Requests.Should().Equal("GET /api/v1/nodes/1.1.1.211", "PATCH /api/v1/nodes/1.1.1.211");
    }
}
