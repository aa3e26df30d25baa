using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class WatchTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_watch_goes_on_from_its_resourceVersion()
    {
        _test.CreatePod("a");
        var version = _test.Api.Revision;
        _test.CreatePod("b");

        using var watch = Watch($"resourceVersion={version}");
        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force);

        (await watch.ReadAsync(3)).Should().Equal("ADDED b", "MODIFIED a", "DELETED a");
    }

    [Fact]
    public async Task Without_a_resourceVersion_it_begins_with_what_is_there()
    {
        _test.CreatePod("b");
        _test.CreatePod("a");

        using var watch = Watch("");
        _test.CreatePod("c");

        (await watch.ReadAsync(3)).Should().Equal("ADDED a", "ADDED b", "ADDED c");
    }

    [Fact]
    public async Task Initial_events_end_with_an_annotated_bookmark()
    {
        _test.CreatePod("a");

        using var watch = Watch("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        (await watch.ReadAsync())!.Type.Should().Be("ADDED");
        var bookmark = (await watch.ReadAsync())!;
        bookmark.Type.Should().Be("BOOKMARK");
        bookmark.Body!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString().Should().Be("true");
        bookmark.Body!["metadata"]!["resourceVersion"]!.ToString().Should().Be(_test.Api.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Initial_events_are_a_422_where_the_server_does_not_know_them()
    {
        _test.Api.Features.WatchList = false;

        TestApi.Refusal(() => _test.Call("watch", ResourceTypes.Pods, query: "sendInitialEvents=true&resourceVersionMatch=NotOlderThan")).Should().Be(
            "422 Invalid: ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: " +
            "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
    }

    [Fact]
    public async Task What_leaves_the_selector_is_deleted_and_what_enters_is_added()
    {
        _test.CreatePod("a", labels: """{"x":"1"}""");
        _test.CreatePod("b");
        using var watch = Watch($"resourceVersion={_test.Api.Revision}&labelSelector=x");

        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["metadata"]!["labels"] = TestApi.Json("""{"y":"1"}"""));
        var revision = _test.Api.Revision;
        _test.Api.Modify(ResourceTypes.Pods, "default", "b", json => json["metadata"]!["labels"] = TestApi.Json("""{"x":"2"}"""));

        var left = (await watch.ReadAsync())!;
        (left.Type, left.Object!.Name, left.Object.Revision).Should().Be(("DELETED", "a", revision));
        left.Object.Labels.Should().ContainKey("x", "it is shown as it was inside the selector");
        (await watch.ReadAsync(1)).Should().Equal("ADDED b");
    }

    [Fact]
    public async Task A_field_selector_filters_by_node()
    {
        using var watch = Watch($"resourceVersion={_test.Api.Revision}&fieldSelector=spec.nodeName=n1");

        _test.CreatePod("a", node: null);
        _test.CreatePod("other", node: "n2");
        _test.Api.Modify(ResourceTypes.Pods, "default", "a", json => json["spec"]!["nodeName"] = "n1");

        (await watch.ReadAsync(1)).Should().Equal("ADDED a");
    }

    [Fact]
    public async Task A_version_before_the_history_is_told_410_inside_the_stream()
    {
        _test.CreatePod("a");
        _test.Api.Compact();
        var compacted = _test.Api.Revision;

        using var watch = Watch("resourceVersion=1");
        using var fresh = Watch($"resourceVersion={compacted}");
        _test.CreatePod("b");

        var error = (await watch.ReadAsync())!;
        (error.Type, (string)error.Body!["message"]!, (int)error.Body["code"]!).Should().Be(("ERROR", $"too old resource version: 1 ({compacted})", 410));
        (await watch.ReadAsync()).Should().BeNull();
        (await fresh.ReadAsync(1)).Should().Equal("ADDED b");
    }

    [Fact]
    public async Task A_client_that_falls_behind_is_ended_cleanly_with_a_gapless_beginning()
    {
        _test.Api.Features.WatchBuffer = 3;
        using var watch = Watch($"resourceVersion={_test.Api.Revision}");

        for (var index = 0; index < 5; index++)
        {
            _test.CreatePod($"p{index}");
        }

        (await watch.ReadToEndAsync()).Should().Equal("ADDED p0", "ADDED p1", "ADDED p2");
        _test.Api.OpenWatches.Should().Be(0);
    }

    [Fact]
    public async Task All_watches_can_be_ended_at_once()
    {
        using var watch = Watch("");
        using var other = Watch("labelSelector=x");

        _test.Api.EndWatches();

        (await watch.ReadAsync()).Should().BeNull();
        (await other.ReadAsync()).Should().BeNull();
        _test.Api.OpenWatches.Should().Be(0);
    }

    [Fact]
    public async Task A_quiet_watch_ends_empty_at_its_time()
    {
        using var watch = Watch("timeoutSeconds=5");
        _test.Pause.Dispose();
        var start = _test.Time.GetUtcNow();

        (await watch.ReadAsync()).Should().BeNull();

        (_test.Time.GetUtcNow() - start).Should().BeCloseTo(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Bookmarks_come_each_minute_and_before_the_end()
    {
        using var watch = Watch("timeoutSeconds=130&allowWatchBookmarks=true");
        _test.Pause.Dispose();

        (await watch.ReadToEndAsync()).Should().Equal("BOOKMARK", "BOOKMARK", "BOOKMARK", "BOOKMARK");
    }

    [Fact]
    public async Task A_watch_without_a_limit_ends_within_the_hour()
    {
        using var watch = Watch("");
        _test.Pause.Dispose();
        var start = _test.Time.GetUtcNow();

        (await watch.ReadAsync()).Should().BeNull();

        (_test.Time.GetUtcNow() - start).Should().BeGreaterThan(TimeSpan.FromMinutes(30)).And.BeLessThan(TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task Time_stands_while_an_event_waits()
    {
        using var watch = Watch("");
        _test.Pause.Dispose();
        _test.CreatePod("a");
        var before = _test.Time.GetUtcNow();
        var later = _test.Time.AdvanceAsync(TimeSpan.FromSeconds(1));

        await Task.WhenAny(later, Task.Run(() => SpinWait.SpinUntil(() => later.IsCompleted, 50)));
        _test.Time.GetUtcNow().Should().Be(before);
        (await watch.ReadAsync(1)).Should().Equal("ADDED a");
        var next = watch.ReadAsync();
        await later;

        _test.Api.EndWatches();
        (await next).Should().BeNull();
    }

    private WatchReader Watch(string query) => new(_test.Call("watch", ResourceTypes.Pods, query: query));
}
