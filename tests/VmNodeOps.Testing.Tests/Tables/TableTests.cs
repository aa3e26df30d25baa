using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Testing.Tables;
using VmNodeOps.Testing.Tests.Hosting;

namespace VmNodeOps.Testing.Tests.Tables;

public sealed class TableTests
{
    private const string AsTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    [Theory]
    [InlineData("012", "015", "/api/v1/nodes")]
    [InlineData("037", "038", "/api/v1/pods")]
    [InlineData("057", "059", "/apis/storage.k8s.io/v1/volumeattachments")]
    [InlineData("205", "206", "/apis/kubevirt.io/v1/virtualmachineinstances")]
    public async Task A_table_has_the_recorded_columns_and_cells(string list, string table, string path)
    {
        var recorded = Recorded.Answer(table);
        var age = ColumnNames(recorded).ToList().IndexOf("Age");
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Settings = new() { Version = "v1.36.2" } });
        Import(fixture, Recorded.Answer(list));
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(AsTable);

        var answer = await fixture.Admin.GetAsync(path).JsonAsync();

        ((string)answer["kind"]!).Should().Be("Table");
        ColumnNames(answer).Should().Equal(ColumnNames(recorded));
        Definitions(answer).Should().Equal(Definitions(recorded));
        var rows = Rows(answer, age);
        var expected = Rows(recorded, age);
        foreach (var (name, cells) in expected.Where(row => rows.ContainsKey(row.Key)))
        {
            rows[name].Should().Be(cells);
        }

        rows.Keys.Intersect(expected.Keys).Should().HaveCountGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task A_row_carries_the_objects_metadata()
    {
        await using var fixture = await FrontFixture.StartAsync();
        var node = fixture.AddNode("node-1");
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(AsTable);

        var answer = await fixture.Admin.GetAsync("/api/v1/nodes/node-1").JsonAsync();

        var row = answer["rows"]!.AsArray().Single()!;
        ((string)row["object"]!["kind"]!).Should().Be("PartialObjectMetadata");
        ((string)row["object"]!["metadata"]!["uid"]!).Should().Be(node.Uid);
    }

    [Theory]
    [InlineData("True", false, "Ready")]
    [InlineData("False", false, "NotReady")]
    [InlineData("Unknown", true, "NotReady,SchedulingDisabled")]
    [InlineData(null, false, "Unknown")]
    public void A_nodes_status_tells_readiness_and_cordon(string? ready, bool cordoned, string expected)
    {
        var node = JsonNode.Parse("""{"metadata":{"name":"n","labels":{"node-role.kubernetes.io/master":"","node-role.kubernetes.io/control-plane":""}},"spec":{},"status":{}}""")!.AsObject();
        node["spec"]!["unschedulable"] = cordoned ? true : null;
        if (ready is not null)
        {
            node["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready });
        }

        var cells = TableCatalog.For(ResourceTypes.Nodes, 28).Cells(node, new TableContext(DateTimeOffset.UnixEpoch, 28));

        cells[1]!.ToString().Should().Be(expected);
        cells[2]!.ToString().Should().Be("control-plane,master");
    }

    [Theory]
    [InlineData("""{"phase":"Pending"}""", false, "Pending")]
    [InlineData("""{"phase":"Running"}""", true, "Terminating")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", false, "Evicted")]
    [InlineData("""{"phase":"Succeeded"}""", true, "Succeeded")]
    [InlineData("""{"phase":"Running","reason":"NodeLost"}""", true, "Unknown")]
    [InlineData("""{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]}""", false, "ContainerCreating")]
    [InlineData("""{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"reason":"Completed","exitCode":0}}}]}""", false, "Completed")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}""", false, "ExitCode:3")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"state":{"running":{}}}]}""", false, "Init:0/2")]
    public void A_pods_status_is_made_of_phase_containers_and_deletion(string status, bool deleting, string expected)
    {
        var pod = JsonNode.Parse("""{"metadata":{"name":"p"},"spec":{"containers":[{}],"initContainers":[{},{}]}}""")!.AsObject();
        pod["status"] = JsonNode.Parse(status);
        pod["metadata"]!["deletionTimestamp"] = deleting ? "2026-01-01T00:00:00Z" : null;

        var cells = TableCatalog.For(ResourceTypes.Pods, 28).Cells(pod, new TableContext(DateTimeOffset.UnixEpoch, 28));

        cells[2]!.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(190, "3m10s")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((2 * 24 + 4) * 3600, "2d4h")]
    [InlineData(99 * 86400, "99d")]
    [InlineData(800 * 86400, "2y70d")]
    public void Ages_are_written_as_kubectl_writes_them(int seconds, string expected) =>
        Age.Of(TimeSpan.FromSeconds(seconds)).Should().Be(expected);

    [Fact]
    public void Every_kind_has_as_many_cells_as_columns()
    {
        foreach (var type in ResourceTypes.All)
        {
            var definition = TableCatalog.For(type, 28);

            var cells = definition.Cells(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } }, new TableContext(DateTimeOffset.UnixEpoch, 28));

            cells.Should().HaveSameCount(definition.Columns, type.Plural);
        }
    }

    private static void Import(FrontFixture fixture, JsonObject list)
    {
        foreach (var item in list["items"]!.AsArray())
        {
            var body = item!.DeepClone().AsObject();
            body["kind"] ??= ((string)list["kind"]!)[..^"List".Length];
            body["apiVersion"] ??= (string)list["apiVersion"]!;
            var type = ResourceTypes.All.Single(type => type.Kind == (string)body["kind"]!);
            fixture.Api.Import(type, body);
        }
    }

    private static IEnumerable<string> ColumnNames(JsonObject table) => table["columnDefinitions"]!.AsArray().Select(column => (string)column!["name"]!);

    private static IEnumerable<string> Definitions(JsonObject table) =>
        table["columnDefinitions"]!.AsArray().Select(column => $"{column!["name"]} {column["type"]} {column["format"]} {column["priority"]}");

    private static Dictionary<string, string> Rows(JsonObject table, int age) => table["rows"]!.AsArray().ToDictionary(
        row => (string)row!["object"]!["metadata"]!["name"]!,
        row => string.Join(" | ", row!["cells"]!.AsArray().Where((_, index) => index != age).Select(cell => cell?.ToJsonString() ?? "null")));
}
