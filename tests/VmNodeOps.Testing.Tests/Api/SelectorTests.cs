using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Api.Selectors;

namespace VmNodeOps.Testing.Tests.Api;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("a=1", true)]
    [InlineData("a==1,b=2", true)]
    [InlineData("a!=1", false)]
    [InlineData("c!=1", true)]
    [InlineData("a in (0, 1)", true)]
    [InlineData("a notin (0,1)", false)]
    [InlineData("c notin (0,1)", true)]
    [InlineData("a", true)]
    [InlineData("!a", false)]
    [InlineData("!c", true)]
    [InlineData("a>0", true)]
    [InlineData("a < 1", false)]
    [InlineData("e=", true)]
    [InlineData("a=1,b in (3)", false)]
    [InlineData("", true)]
    public void Label_selectors_match(string selector, bool matches) =>
        LabelSelector.Parse(selector).Matches(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["e"] = "" }).Should().Be(matches);

    [Theory]
    [InlineData("a b c", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("=b", "unable to parse requirement: found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a=b,", "unable to parse requirement: found '', expected: identifier after ','")]
    public void A_label_selector_that_cannot_be_read_is_a_400(string selector, string message)
    {
        var parse = () => LabelSelector.Parse(selector);

        parse.Should().Throw<ApiErrorException>().Where(error => error.Code == 400).WithMessage(message);
    }

    [Fact]
    public void A_selector_object_knows_labels_and_expressions()
    {
        var selector = LabelSelector.FromObject(TestApi.Json(
            """{"matchLabels":{"a":"1"},"matchExpressions":[{"key":"b","operator":"In","values":["2"]},{"key":"c","operator":"DoesNotExist"}]}"""))!;

        selector.Matches(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }).Should().BeTrue();
        selector.Matches(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "" }).Should().BeFalse();
        LabelSelector.FromObject(null).Should().BeNull();
    }

    [Theory]
    [InlineData("spec.nodeName=n1", true)]
    [InlineData("spec.nodeName==n1,status.phase!=Failed", true)]
    [InlineData("status.phase=Failed", false)]
    [InlineData("metadata.name=a,metadata.namespace=default", true)]
    [InlineData("spec.hostNetwork=false", true)]
    [InlineData("status.podIP=", true)]
    [InlineData("metadata.name=x\\,y", false)]
    public void Field_selectors_match(string selector, bool matches)
    {
        var pod = TestApi.Pod("a");
        pod["metadata"]!["uid"] = "u";

        FieldSelector.Parse(ResourceTypes.Pods, selector).Matches(new StoredObject(ResourceTypes.Pods, pod, 1)).Should().Be(matches);
    }

    [Theory]
    [InlineData("pods", "spec.foo=bar", "field label not supported: spec.foo")]
    [InlineData("volumeattachments", "spec.nodeName=n1", "\"spec.nodeName\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("virtualmachineinstances", "status.nodeName=n1", "field label not supported: status.nodeName")]
    [InlineData("pods", "nonsense", "invalid selector: 'nonsense'; can't understand 'nonsense'")]
    public void A_field_that_a_type_cannot_be_selected_by_is_a_400(string plural, string selector, string message)
    {
        var parse = () => FieldSelector.Parse(ResourceTypes.All.Single(type => type.Plural == plural), selector);

        parse.Should().Throw<ApiErrorException>().Where(error => error.Code == 400).WithMessage(message);
    }
}
