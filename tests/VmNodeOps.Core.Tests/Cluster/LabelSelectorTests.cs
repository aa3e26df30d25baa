using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Cluster;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "db", ["tier"] = "gold" };

    [Theory]
    [InlineData("In", "tier", "gold", true)]
    [InlineData("In", "tier", "silver", false)]
    [InlineData("In", "none", "gold", false)]
    [InlineData("NotIn", "tier", "gold", false)]
    [InlineData("NotIn", "none", "gold", true)]
    [InlineData("Exists", "tier", "", true)]
    [InlineData("Exists", "none", "", false)]
    [InlineData("DoesNotExist", "none", "", true)]
    [InlineData("DoesNotExist", "tier", "", false)]
    public void Expressions_match_as_in_Kubernetes(string operation, string key, string value, bool matches)
    {
        var selector = new LabelSelector { MatchExpressions = [new LabelRequirement { Key = key, Operator = operation, Values = [value] }] };

        selector.Matches(Labels).Should().Be(matches);
    }

    [Fact]
    public void All_labels_must_match()
    {
        new LabelSelector { MatchLabels = Labels }.Matches(new Dictionary<string, string> { ["app"] = "db" }).Should().BeFalse();
        new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "db" } }.Matches(Labels).Should().BeTrue();
    }

    [Fact]
    public void An_empty_selector_selects_everything() => new LabelSelector().Matches(Labels).Should().BeTrue();

    [Fact]
    public void An_unknown_operator_is_not_passed_over()
    {
        var selector = new LabelSelector { MatchExpressions = [new LabelRequirement { Key = "a", Operator = "Near" }] };

        selector.Invoking(it => it.Matches(Labels)).Should().Throw<InvalidOperationException>();
    }
}
