using Microsoft.AspNetCore.Http;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>Watches against a server that says exactly what a test wants, one script per request.</summary>
public sealed class WatchTests
{
    private const string EndOfInitial = """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"100","annotations":{"k8s.io/initial-events-end":"true"} } } }""";
    private const string TooOld = """{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version: 1 (966)","reason":"Expired","code":410} }""";

    [Fact]
    public async Task It_begins_with_the_present_state_and_goes_on_with_changes()
    {
        await using var server = await ScriptAsync(Lines(
            Event("ADDED", "a", 1), Event("ADDED", "b", 2), EndOfInitial, Event("MODIFIED", "a", 101), Event("DELETED", "b", 102), Bookmark(103)));

        var told = await TakeAsync(server, 6);

        told.Should().Equal("Added a@1 ()", "Added b@2 ()", "Synchronized (100)", "Modified a@101 (101)", "Deleted b@102 (102)", "Synchronized (103)");
        server.Requests.First().Should().Contain("sendInitialEvents=true").And.Contain("resourceVersionMatch=NotOlderThan").And.Contain("allowWatchBookmarks=true")
            .And.Contain("timeoutSeconds=300").And.NotContain("resourceVersion=");
    }

    [Fact]
    public async Task A_clean_early_end_is_resumed_where_it_was_and_not_told()
    {
        await using var server = await ScriptAsync(
            Lines(EndOfInitial, Event("ADDED", "a", 101), Bookmark(110)), Lines(), Lines(Event("MODIFIED", "a", 111)), Lines(Event("MODIFIED", "a", 112)));

        var told = await TakeAsync(server, 5);

        told.Should().Equal("Synchronized (100)", "Added a@101 (101)", "Synchronized (110)", "Modified a@111 (111)", "Modified a@112 (112)");
        server.Requests.Skip(1).Should().Contain(request => request.Contains("resourceVersion=110", StringComparison.Ordinal))
            .And.Contain(request => request.Contains("resourceVersion=111", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(422)]
    [InlineData(400)]
    public async Task A_server_without_initial_events_is_listed_and_then_watched_and_that_is_remembered(int code)
    {
        await using var server = await ScriptAsync(
            context => TestServer.JsonAsync(context, code, TestServer.Status(code, "Invalid", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")),
            List(50, ("a", 7)),
            Lines(Event("DELETED", "a", 51)),
            List(60),
            Lines(Event("ADDED", "c", 61)));
        using var cluster = server.Connect();

        var first = await TakeAsync(cluster, 3);
        var second = await TakeAsync(cluster, 2);

        first.Should().Equal("Added a@7 ()", "Synchronized (50)", "Deleted a@51 (51)");
        second.Should().Equal("Synchronized (60)", "Added c@61 (61)");
        server.Requests.Count(request => request.Contains("sendInitialEvents", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task A_bad_selector_is_not_taken_for_missing_initial_events()
    {
        await using var server = await TestServer.StartAsync(400, TestServer.Status(400, "BadRequest", "unable to parse requirement"));
        using var cluster = server.Connect();

        var failure = await cluster.Invoking(asked => TakeAsync(asked, 1)).Should().ThrowAsync<ClusterException>();

        failure.Which.Cause.Should().Be(ClusterErrorCause.Invalid);
    }

    [Fact]
    public async Task After_a_410_everything_is_read_again_and_compared()
    {
        await using var server = await ScriptAsync(
            Lines(Event("ADDED", "a", 1), Event("ADDED", "b", 2), Event("ADDED", "c", 3), Event("ADDED", "d", 4, "old"), EndOfInitial),
            Lines(TooOld),
            Lines(Event("ADDED", "a", 1), Event("ADDED", "c", 120), Event("ADDED", "d", 121, "new"), Event("ADDED", "e", 122), EndOfInitial.Replace("100", "130", StringComparison.Ordinal)));

        var told = await TakeAsync(server, 11);

        told.Skip(5).Should().Equal(
            "Modified c@120 ()", "Deleted d@4 ()", "Added d@121 ()", "Added e@122 ()", "Deleted b@2 ()", "Synchronized (130)");
    }

    [Fact]
    public async Task A_410_as_an_answer_is_the_same()
    {
        await using var server = await ScriptAsync(
            Lines(Event("ADDED", "a", 1), EndOfInitial),
            context => TestServer.JsonAsync(context, 410, TestServer.Status(410, "Expired", "too old")),
            Lines(EndOfInitial));

        (await TakeAsync(server, 4)).Should().Equal("Added a@1 ()", "Synchronized (100)", "Deleted a@1 ()", "Synchronized (100)");
    }

    [Fact]
    public async Task A_broken_line_is_asked_for_again()
    {
        await using var server = await ScriptAsync(
            Lines(EndOfInitial, Event("ADDED", "a", 101), """{"type":"MODIFIED","object":{"meta"""),
            Lines("nonsense"),
            Lines(Event("MODIFIED", "a", 102)));

        (await TakeAsync(server, 3)).Should().Equal("Synchronized (100)", "Added a@101 (101)", "Modified a@102 (102)");
    }

    [Fact]
    public async Task An_unknown_kind_of_event_makes_everything_be_read_again()
    {
        await using var server = await ScriptAsync(
            Lines(Event("ADDED", "a", 1), EndOfInitial, Event("SHUFFLED", "a", 101)), Lines(Event("ADDED", "a", 101), EndOfInitial));

        (await TakeAsync(server, 4)).Should().Equal("Added a@1 ()", "Synchronized (100)", "Modified a@101 ()", "Synchronized (100)");
    }

    [Fact]
    public async Task A_lost_connection_is_told_once_and_found_again()
    {
        var heard = new TaskCompletionSource();
        await using var server = await ScriptAsync(
            async context =>
            {
                await Lines(Event("ADDED", "a", 1), EndOfInitial)(context);
                await context.Response.Body.FlushAsync();
                await heard.Task;
                context.Abort();
            },
            Aborted,
            context => TestServer.JsonAsync(context, 503, TestServer.Status(503, "ServiceUnavailable", "starting")),
            Lines(EndOfInitial));

        using var cluster = server.Connect();
        var told = await TakeAsync(cluster, 5, whenTold: words =>
        {
            if (words is "Synchronized (100)")
            {
                heard.TrySetResult();
            }
        });

        told.Should().Equal(
            "Added a@1 ()", "Synchronized (100)", "Interrupted ConnectionLost", "Deleted a@1 ()", "Synchronized (100)");
    }

    [Fact]
    public async Task A_deletion_while_the_state_is_told_is_taken_in()
    {
        await using var server = await ScriptAsync(Lines(Event("ADDED", "a", 1), Event("ADDED", "b", 1), Event("DELETED", "a", 2), EndOfInitial));

        (await TakeAsync(server, 4)).Should().Equal("Added a@1 ()", "Added b@1 ()", "Deleted a@2 ()", "Synchronized (100)");
    }

    [Fact]
    public async Task A_watch_that_falls_silent_is_opened_again_where_it_was()
    {
        await using var server = await ScriptAsync(
            async context =>
            {
                await Lines(EndOfInitial, Event("ADDED", "a", 101))(context);
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            Lines(Event("MODIFIED", "a", 102)));
        using var cluster = server.Connect(TestServer.Quick with { WatchSilence = TimeSpan.FromSeconds(2) });

        (await TakeAsync(cluster, 3)).Should().Equal("Synchronized (100)", "Added a@101 (101)", "Modified a@102 (102)");
    }

    [Fact]
    public async Task Silence_twice_over_makes_everything_be_read_again()
    {
        static async Task Silent(HttpContext context)
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        await using var server = await ScriptAsync(Lines(EndOfInitial, Event("ADDED", "a", 101)), Silent, Silent, Lines(Event("ADDED", "a", 5), EndOfInitial));
        using var cluster = server.Connect(TestServer.Quick with { WatchSilence = TimeSpan.FromSeconds(2) });

        (await TakeAsync(cluster, 4)).Should().Equal("Synchronized (100)", "Added a@101 (101)", "Modified a@5 ()", "Synchronized (100)");
    }

    [Fact]
    public async Task It_goes_on_from_a_snapshot_of_a_narrower_selection()
    {
        await using var server = await ScriptAsync(
            List(50, ("a", 7)),
            Lines(Event("MODIFIED", "a", 51), Event("MODIFIED", "b", 52)),
            Lines(TooOld),
            Lines(Event("ADDED", "a", 51), Event("ADDED", "b", 52), Event("ADDED", "c", 3), Event("ADDED", "d", 60), EndOfInitial));
        using var cluster = server.Connect();
        var snapshot = await cluster.Pods.ListAsync(Selection.OnNode("n1"));

        var told = await TakeAsync(cluster, 5, snapshot);

        told.Should().Equal(
            ["Synchronized (50)", "Modified a@51 (51)", "Modified b@52 (52)", "Added d@60 ()", "Synchronized (100)"],
            "c was there all the time, outside the snapshot, and has not changed");
        server.Requests.ElementAt(1).Should().Contain("resourceVersion=50");
    }

    [Fact]
    public async Task Missing_rights_end_it()
    {
        await using var server = await TestServer.StartAsync(403, TestServer.Status(403, "Forbidden", "no"));
        using var cluster = server.Connect();

        var failure = await cluster.Invoking(asked => TakeAsync(asked, 1)).Should().ThrowAsync<ClusterException>();

        failure.Which.Cause.Should().Be(ClusterErrorCause.Forbidden);
    }

    [Fact]
    public async Task Cancelling_ends_it_at_once_and_closes_the_request()
    {
        var closed = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        await using var server = await ScriptAsync(async context =>
        {
            context.RequestAborted.Register(closed.SetResult);
            await Lines(EndOfInitial)(context);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var cluster = server.Connect();
        await using var watch = cluster.Pods.WatchAsync(Selection.All, cancellationToken: cancel.Token).GetAsyncEnumerator();
        await watch.MoveNextAsync();

        var next = watch.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => next).Should().ThrowAsync<OperationCanceledException>();
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Pages_follow_one_another_and_an_expired_one_starts_over()
    {
        var pages = new Queue<Func<HttpContext, Task>>(
        [
            context => TestServer.JsonAsync(context, 200, Page(10, "more", ("b", 1), ("z", 2))),
            context => TestServer.JsonAsync(context, 410, TestServer.Status(410, "Expired", "The provided continue parameter is too old")),
            context => TestServer.JsonAsync(context, 200, Page(20, "more", ("b", 1))),
            context => TestServer.JsonAsync(context, 200, Page(20, null, ("a", 3))),
        ]);
        await using var server = await TestServer.StartAsync((context, _) => pages.Dequeue()(context));
        using var cluster = server.Connect(TestServer.Quick with { PageSize = 2 });

        var pods = await cluster.Pods.ListAsync(new Selection { Labels = "a in (b,c)", Namespace = "default", NodeName = "n1", Name = "x" });

        pods.Items.Select(pod => pod.Name.Name).Should().Equal("a", "b");
        pods.ResourceVersion.Should().Be("20");
        server.Requests.Should().Equal(
            "GET /api/v1/namespaces/default/pods?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx%2Cspec.nodeName%3Dn1&limit=2",
            "GET /api/v1/namespaces/default/pods?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx%2Cspec.nodeName%3Dn1&limit=2&continue=more",
            "GET /api/v1/namespaces/default/pods?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx%2Cspec.nodeName%3Dn1&limit=2",
            "GET /api/v1/namespaces/default/pods?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx%2Cspec.nodeName%3Dn1&limit=2&continue=more");
    }

    [Fact]
    public async Task Pages_are_told_one_by_one_and_the_one_that_starts_over_says_so()
    {
        var pages = new Queue<Func<HttpContext, Task>>(
        [
            context => TestServer.JsonAsync(context, 200, Page(10, "more", ("z", 2))),
            context => TestServer.JsonAsync(context, 410, TestServer.Status(410, "Expired", "The provided continue parameter is too old")),
            context => TestServer.JsonAsync(context, 200, Page(20, "more", ("b", 1), ("a", 3))),
            context => TestServer.JsonAsync(context, 200, Page(20, null)),
        ]);
        await using var server = await TestServer.StartAsync((context, _) => pages.Dequeue()(context));
        using var cluster = server.Connect(TestServer.Quick with { PageSize = 2 });

        var told = new List<string>();
        await foreach (var page in cluster.Pods.ListPagesAsync(Selection.InNamespace("default"), firstPageSize: 1))
        {
            told.Add($"{string.Join(",", page.Items.Select(pod => pod.Name.Name))} anew={page.BeginsAnew} last={page.IsLast}");
        }

        told.Should().Equal("z anew=False last=False", "b,a anew=True last=False", " anew=False last=True");
        server.Requests.Should().Equal(
            "GET /api/v1/namespaces/default/pods?limit=1",
            "GET /api/v1/namespaces/default/pods?limit=2&continue=more",
            "GET /api/v1/namespaces/default/pods?limit=2",
            "GET /api/v1/namespaces/default/pods?limit=2&continue=more");
    }

    [Fact]
    public async Task A_page_that_nobody_wants_is_not_asked_for()
    {
        await using var server = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, Page(10, "more", ("a", 1))));
        using var cluster = server.Connect(TestServer.Quick with { PageSize = 2 });

        await foreach (var page in cluster.Pods.ListPagesAsync(Selection.All, firstPageSize: 1000))
        {
            page.Items.Should().ContainSingle();
            break;
        }

        server.Requests.Should().Equal("GET /api/v1/pods?limit=2");
        var none = async () => await cluster.Pods.ListPagesAsync(Selection.All, firstPageSize: 0).ToListAsync();
        (await none.Should().ThrowAsync<ArgumentOutOfRangeException>()).Which.ParamName.Should().Be("firstPageSize");
    }

    [Fact]
    public async Task Whoever_follows_the_same_from_about_the_same_moment_hears_the_same_request()
    {
        var more = new TaskCompletionSource();
        await using var server = await ScriptAsync(async context =>
        {
            await Lines(Event("MODIFIED", "a", 51), Event("ADDED", "b", 52))(context);
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync($"{Event("DELETED", "a", 53)}\n{Bookmark(60)}\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var cluster = server.Connect();
        await using var first = new Hearer(cluster, Known(50, ("a", 7)));
        await first.TakeAsync(3);
        await using var later = new Hearer(cluster, Known(51, ("a", 51)));
        await using var last = new Hearer(cluster, Known(52, ("a", 51), ("b", 52)));
        await later.TakeAsync(2);
        more.SetResult();
        await first.TakeAsync(2);
        await later.TakeAsync(2);
        await last.TakeAsync(3);

        first.Told.Should().Equal("Synchronized (50)", "Modified a@51 (51)", "Added b@52 (52)", "Deleted a@53 (53)", "Synchronized (60)");
        later.Told.Should().Equal("Synchronized (51)", "Added b@52 (52)", "Deleted a@53 (53)", "Synchronized (60)");
        last.Told.Should().Equal("Synchronized (52)", "Deleted a@53 (53)", "Synchronized (60)");
        server.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Whoever_knows_only_an_earlier_moment_and_whoever_follows_something_else_have_their_own_request()
    {
        await using var server = await ScriptAsync();
        using var cluster = server.Connect();
        await using var first = new Hearer(cluster, Known(50));
        await first.TakeAsync(1);
        await using var earlier = new Hearer(cluster, Known(49));
        await earlier.TakeAsync(1);
        await using var elsewhere = new Hearer(cluster, Known(50), Selection.InNamespace("default"));
        await elsewhere.TakeAsync(1);

        server.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_request_is_closed_when_the_last_of_its_hearers_leaves_and_each_goes_on_from_where_it_was_when_it_ends()
    {
        var closed = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var server = await ScriptAsync(
            async context =>
            {
                await Lines(Event("ADDED", "a", 51))(context);
                await context.Response.Body.FlushAsync();
                await end.Task;
            },
            async context =>
            {
                context.RequestAborted.Register(closed.SetResult);
                await Lines(Event("ADDED", "b", 61))(context);
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });
        using var cluster = server.Connect();
        var first = new Hearer(cluster, Known(50));
        var second = new Hearer(cluster, Known(50));
        await first.TakeAsync(2);
        await second.TakeAsync(2);

        end.SetResult();
        await first.TakeAsync(1);
        await second.TakeAsync(1);
        first.Told.Should().Equal("Synchronized (50)", "Added a@51 (51)", "Added b@61 (61)");
        second.Told.Should().Equal(first.Told);
        server.Requests.Should().HaveCount(2);
        server.Requests.Last().Should().Contain("resourceVersion=51");

        await first.DisposeAsync();
        closed.Task.IsCompleted.Should().BeFalse("the second still hears it");
        await second.DisposeAsync();
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Whoever_falls_too_far_behind_begins_again_where_it_was()
    {
        var many = Enumerable.Range(51, 9_000).Select(version => Event("MODIFIED", "a", version)).ToArray();
        await using var server = await ScriptAsync(
            async context =>
            {
                await Lines(many)(context);
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            Lines(Event("MODIFIED", "a", 20_000)));
        using var cluster = server.Connect();
        await using var quick = new Hearer(cluster, Known(50, ("a", 7)));
        await using var slow = new Hearer(cluster, Known(50, ("a", 7)));
        await slow.TakeAsync(2);
        await quick.TakeAsync(9_001);
        await slow.TakeAsync(1);

        slow.Told.Should().Equal("Synchronized (50)", "Modified a@51 (51)", "Modified a@20000 (20000)");
        server.Requests.Last().Should().Contain("resourceVersion=51&");
    }

    /// <summary>Follows all pods from a snapshot on, no faster than it is asked to.</summary>
    private sealed class Hearer(KubernetesCluster cluster, Snapshot<Pod> from, Selection? selection = null) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<WatchEvent<Pod>> _watch = cluster.Pods.WatchAsync(selection ?? Selection.All, from).GetAsyncEnumerator();

        public List<string> Told { get; } = [];

        public async Task TakeAsync(int count)
        {
            for (; count > 0; count--)
            {
                (await _watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Should().BeTrue();
                Told.Add(Words(_watch.Current));
            }
        }

        public ValueTask DisposeAsync() => _watch.DisposeAsync();
    }

    private static Snapshot<Pod> Known(int version, params (string Name, int Version)[] pods) => new()
    {
        ResourceVersion = $"{version}",
        Items = [.. pods.Select(pod => new Pod { Name = new ObjectName("default", pod.Name), Uid = pod.Name, ResourceVersion = $"{pod.Version}" })],
    };

    private static string Words(WatchEvent<Pod> happened) =>
        happened.Kind == WatchEventKind.Interrupted ? $"Interrupted {happened.Error!.Cause}"
        : happened.Object is { } pod ? $"{happened.Kind} {pod.Name.Name}@{pod.ResourceVersion} ({happened.ResourceVersion})"
        : $"{happened.Kind} ({happened.ResourceVersion})";

    private static async Task<List<string>> TakeAsync(TestServer server, int count)
    {
        using var cluster = server.Connect();
        return await TakeAsync(cluster, count);
    }

    private static async Task<List<string>> TakeAsync(KubernetesCluster cluster, int count, Snapshot<Pod>? from = null, Action<string>? whenTold = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var told = new List<string>();
        try
        {
            await foreach (var happened in cluster.Pods.WatchAsync(Selection.All, from, limit.Token))
            {
                told.Add(Words(happened));
                whenTold?.Invoke(told[^1]);
                if (told.Count == count)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            told.Add("and then nothing");
        }

        return told;
    }

    /// <summary>Answers each request by the next script; when they are used up, watches stay open and silent.</summary>
    private static Task<TestServer> ScriptAsync(params Func<HttpContext, Task>[] scripts)
    {
        var next = -1;
        return TestServer.StartAsync(async (context, server) =>
        {
            var script = Interlocked.Increment(ref next);
            if (script < scripts.Length)
            {
                await scripts[script](context);
                return;
            }

            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, server.Stopping).Token);
        });
    }

    private static Func<HttpContext, Task> Lines(params string[] lines) => async context =>
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(string.Concat(lines.Select(line => line + "\n")));
    };

    private static Func<HttpContext, Task> List(int version, params (string Name, int Version)[] pods) =>
        context => TestServer.JsonAsync(context, 200, Page(version, null, pods));

    private static string Page(int version, string? next, params (string Name, int Version)[] pods) =>
        $$"""{"kind":"PodList","metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', pods.Select(pod => Pod(pod.Name, pod.Version, "")))}}]}""";

    private static string Event(string type, string name, int version, string uid = "") => $$"""{"type":"{{type}}","object":{{Pod(name, version, uid)}} }""";

    private static string Bookmark(int version) => $$"""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"{{version}}"},"spec":{"containers":null} } }""";

    private static string Pod(string name, int version, string uid) =>
        $$"""{"kind":"Pod","metadata":{"name":"{{name}}","namespace":"default","uid":"{{name + uid}}","resourceVersion":"{{version}}"} }""";

    private static Task Aborted(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
