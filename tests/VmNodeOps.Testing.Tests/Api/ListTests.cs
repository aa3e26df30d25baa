using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class ListTests : IDisposable
{
    private readonly TestApi _test = new();

    public ListTests()
    {
        foreach (var name in (string[])["c", "a", "e", "b", "d"])
        {
            _test.CreatePod(name, labels: name is "b" or "d" ? """{"even":""}""" : "{}");
        }
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Pages_show_one_revision_whatever_happens_between_them()
    {
        var first = List("limit=2");
        _test.Api.Delete(ResourceTypes.Pods, "default", "c", DeleteRequest.Force);
        _test.CreatePod("ca");
        var second = List($"limit=2&continue={first.Continue}");
        var third = List($"limit=2&continue={second.Continue}");

        Names(first).Should().Equal("a", "b");
        Names(second).Should().Equal("c", "d");
        Names(third).Should().Equal("e");
        (first.RemainingItemCount, second.RemainingItemCount, third.RemainingItemCount).Should().Be((3, 1, null));
        (second.Revision, third.Revision, third.Continue).Should().Be((first.Revision, first.Revision, null));
        Names(List("")).Should().Equal("a", "b", "ca", "d", "e");
    }

    [Fact]
    public void With_a_selector_nothing_is_counted_and_a_last_page_says_so()
    {
        var first = List("limit=1&labelSelector=even");
        var second = List($"limit=1&labelSelector=even&continue={first.Continue}");

        Names(first).Should().Equal("b");
        first.RemainingItemCount.Should().BeNull();
        Names(second).Should().Equal("d");
        second.Continue.Should().BeNull();
    }

    [Fact]
    public void Any_version_will_do_means_no_pages() =>
        Names(List("limit=2&resourceVersion=0")).Should().HaveCount(5);

    [Fact]
    public void A_token_older_than_the_history_is_a_410_with_a_token_to_go_on_inconsistently()
    {
        var first = List("limit=2");
        _test.Api.Delete(ResourceTypes.Pods, "default", "d", DeleteRequest.Force);
        _test.Api.Compact();

        var expired = () => List($"limit=2&continue={first.Continue}");
        var status = expired.Should().Throw<ApiErrorException>().Which.Status;
        ((string)status["reason"]!).Should().Be("Expired");
        var rest = List($"continue={status["metadata"]!["continue"]}");

        Names(rest).Should().Equal("c", "e");
        rest.Revision.Should().BeGreaterThan(first.Revision);
    }

    [Theory]
    [InlineData("continue=garbage", "400 BadRequest: invalid continue token: continue key is not valid: invalid character '\\u0081' looking for beginning of value")]
    [InlineData("continue=a.b", "400 BadRequest: invalid continue token: continue key is not valid: illegal base64 data at input byte 1")]
    [InlineData("resourceVersionMatch=Exact",
        "422 Invalid: ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData("resourceVersion=99999", "504 Timeout: Timeout: Too large resource version: 99999, current: 10")]
    public void Bad_options_are_refused_as_recorded(string query, string refusal) =>
        TestApi.Refusal(() => List(query)).Should().Be(refusal);

    [Fact]
    public void An_exact_version_can_be_read_while_the_history_holds_it()
    {
        var before = _test.Api.Revision;
        _test.Api.Delete(ResourceTypes.Pods, "default", "a", DeleteRequest.Force);

        Names(List($"resourceVersion={before}&resourceVersionMatch=Exact")).Should().HaveCount(5);
        _test.Api.Compact();

        TestApi.Refusal(() => List($"resourceVersion={before}&resourceVersionMatch=Exact")).Should().StartWith("410 Expired");
    }

    [Fact]
    public void The_pods_of_a_node_come_from_an_index_and_obey_the_other_selectors()
    {
        _test.CreatePod("f", node: "n2", labels: """{"even":""}""");

        Names(List("fieldSelector=spec.nodeName=n1&labelSelector=even")).Should().Equal("b", "d");
        Names(List("fieldSelector=spec.nodeName=n1&limit=500")).Should().HaveCount(5);
        var page = List("fieldSelector=spec.nodeName=n1&limit=2");
        Names(page).Should().Equal("a", "b");
        page.Continue.Should().NotBeNull();
        Names(List("fieldSelector=metadata.name=f")).Should().Equal("f");
        Names(List("fieldSelector=metadata.name=f,spec.nodeName=n1")).Should().BeEmpty();
    }

    private static IEnumerable<string> Names(ListAnswer list) => list.Items.Select(item => item.Name);

    private ListAnswer List(string query)
    {
        // An equals sign within a value survives, for only the first one splits.
        return (ListAnswer)_test.Call("list", ResourceTypes.Pods, query: query);
    }
}
