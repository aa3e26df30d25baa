using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Tests.Kubernetes;

public sealed class MappingTests
{
    private const string Metadata = """ "metadata":{"name":"x","namespace":"n","uid":"u"} """;

    [Fact]
    public void An_object_with_nothing_but_a_name_has_the_ports_defaults()
    {
        var pod = Map(Resources.Pods, $$"""{ {{Metadata}} }""");

        pod.Should().BeEquivalentTo(new Pod { Name = new ObjectName("n", "x"), Uid = "u" });
    }

    [Fact]
    public void Lists_and_maps_that_are_null_are_empty()
    {
        var node = Map(Resources.Nodes, """{"metadata":{"name":"x","uid":"u","labels":null,"finalizers":null},"spec":{"taints":null},"status":{"conditions":null,"allocatable":{"cpu":null}}}""");

        node.Taints.Should().BeEmpty();
        node.Finalizers.Should().BeEmpty();
        node.Allocatable.Should().Contain("cpu", "");
        node.Ready.Should().Be(ConditionStatus.Unknown);
    }

    [Fact]
    public void What_a_pod_requests_is_summed_as_the_scheduler_sums()
    {
        var pod = Map(Resources.Pods, $$"""
            { {{Metadata}}, "spec":{
              "initContainers":[
                {"resources":{"requests":{"cpu":"3","memory":"100Mi"} } },
                {"restartPolicy":"Always","resources":{"requests":{"cpu":"100m"} } },
                {"resources":{"requests":{"cpu":"500m","memory":"2Gi"} } }],
              "containers":[{"resources":{"requests":{"cpu":"1","memory":"512Mi"} } },{"resources":{"requests":{"cpu":"250m","memory":"1Gi"} } },{}],
              "overhead":{"memory":"1k"} } }
            """);

        pod.Requests.Should().BeEquivalentTo(new Dictionary<string, string> { ["cpu"] = "3", ["memory"] = "2147484648" });
    }

    [Fact]
    public void Claims_of_a_pod_include_those_of_generic_ephemeral_volumes()
    {
        var pod = Map(Resources.Pods, $$"""
            { {{Metadata}}, "spec":{"volumes":[
              {"name":"a","persistentVolumeClaim":{"claimName":"c"} },{"name":"b","ephemeral":{"volumeClaimTemplate":{} } },{"name":"d","emptyDir":{} }]} }
            """);

        pod.PersistentVolumeClaims.Should().Equal("c", "x-b");
        pod.HasEmptyDir.Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"running":true}""", RunStrategy.Always, true)]
    [InlineData("""{"running":false}""", RunStrategy.Halted, false)]
    [InlineData("""{"runStrategy":"RerunOnFailure"}""", RunStrategy.RerunOnFailure, null)]
    [InlineData("""{"runStrategy":"SomethingNew"}""", RunStrategy.Unknown, null)]
    public void A_run_strategy_is_told_from_either_field(string spec, RunStrategy strategy, bool? running)
    {
        var machine = Map(Resources.VirtualMachines, $$"""{ {{Metadata}}, "spec":{{spec}} }""");

        (machine.RunStrategy, machine.Running).Should().Be((strategy, running));
    }

    [Fact]
    public void A_budget_may_count_or_give_a_share()
    {
        Map(Resources.DisruptionBudgets, $$"""{ {{Metadata}}, "spec":{"minAvailable":"50%"} }""").MinAvailable.Should().Be("50%");
        Map(Resources.DisruptionBudgets, $$"""{ {{Metadata}}, "spec":{"maxUnavailable":1} }""").MaxUnavailable.Should().Be("1");
    }

    [Fact]
    public void An_event_about_what_cannot_be_named_is_passed_over()
    {
        var dto = JsonSerializer.Deserialize($$"""{ {{Metadata}}, "involvedObject":{"kind":"Thing","name":"A B"} }""", WireJson.Default.EventDto)!;

        Mappings.Event(dto).Should().BeNull();
    }

    [Theory]
    [InlineData("100m", "100m")]
    [InlineData("1.5", "1500m")]
    [InlineData("2Gi", "2147483648")]
    [InlineData("1e3", "1000")]
    [InlineData("12E", "12000000000000000000")]
    [InlineData("5n", "5n")]
    public void Quantities_are_read_and_written(string text, string plain) => Quantity.Format(Quantity.Parse(text)!.Value).Should().Be(plain);

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1Zi")]
    [InlineData("1e99")]
    public void What_is_no_quantity_is_none(string text) => Quantity.Parse(text).Should().BeNull();

    private static T Map<TDto, T>(Resource<TDto, T> resource, string json)
        where TDto : class, IObjectDto
        where T : ClusterObject => resource.Map(JsonSerializer.Deserialize(json, (JsonTypeInfo<TDto>)resource.Type)!)!;
}
