using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Cluster;

public sealed class ObjectNameTests
{
    [Theory]
    [InlineData("worker-3")]
    [InlineData("1.1.1.211")]
    [InlineData("a")]
    [InlineData("ip-10-0-0-1.eu-west-1.compute.internal")]
    public void A_subdomain_is_a_name(string name) => new ObjectName(name).Name.Should().Be(name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../namespaces/default")]
    [InlineData("a/b")]
    [InlineData("a?dryRun=All")]
    [InlineData("a#b")]
    [InlineData("Worker")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a\n")]
    [InlineData("ä")]
    [InlineData("a%2f")]
    public void Anything_else_is_refused_when_the_name_is_made(string name)
    {
        var make = () => new ObjectName(name);

        make.Should().Throw<ArgumentException>().WithMessage($"*is not the name of an object*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("kube.system")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void A_namespace_is_a_label(string ns)
    {
        var make = () => new ObjectName(ns, "pod");

        make.Should().Throw<ArgumentException>().WithMessage("*is not the name of a namespace*");
    }

    [Fact]
    public void A_refusal_does_not_carry_control_characters_on()
    {
        var make = () => new ObjectName("a\u001b[31m");

        make.Should().Throw<ArgumentException>().Which.Message.Should().NotContain("\u001b");
    }

    [Fact]
    public void The_default_names_nothing()
    {
        var use = () => default(ObjectName).Name;

        use.Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Names_are_ordered_by_namespace_first()
    {
        ObjectName[] names = [new("b", "a"), new("a", "z"), new("a", "b")];

        names.Order().Should().Equal(new ObjectName("a", "b"), new ObjectName("a", "z"), new ObjectName("b", "a"));
    }
}
