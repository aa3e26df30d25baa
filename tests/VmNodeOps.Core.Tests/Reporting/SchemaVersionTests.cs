using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Execution;

namespace VmNodeOps.Tests.Reporting;

/// <summary>What VmNodeOps writes for programs is read by older and newer ones: additions are passed over, another form is refused in words. Plans: MaintenancePlanTests.</summary>
public sealed class SchemaVersionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MaintenanceRunner _runner;
    private readonly NodeMaintenance _maintenance = NodeMaintenance.OnNode("worker-3").Cordon();

    public SchemaVersionTests() => _runner = new MaintenanceRunner(new ScriptedCluster(_time).Client, _time);

    private static Dictionary<string, Func<string, object?>> Readers => new()
    {
        ["a maintenance plan"] = MaintenancePlan.FromJson,
        ["the plan of a batch"] = BatchPlan.FromJson,
        ["a maintenance report"] = MaintenanceReport.FromJson,
        ["the report of a batch"] = BatchReport.FromJson,
        ["a maintenance event"] = MaintenanceEvent.FromJson,
    };

    public static TheoryData<string> Documents => [.. Readers.Keys];

    [Fact]
    public async Task A_report_reads_back_to_the_same_one_with_and_without_members_of_a_newer_version()
    {
        var report = await _runner.RunAsync(_maintenance);
        var batch = new BatchReport { Result = report.Result, Summary = "1 of 1 nodes done.", StartedAt = report.StartedAt, FinishedAt = report.FinishedAt, Nodes = [report] };

        MaintenanceReport.FromJson(report.ToJson()).Should().BeEquivalentTo(report);
        MaintenanceReport.FromJson(Newer(report.ToJson())).Should().BeEquivalentTo(report);
        BatchReport.FromJson(Newer(batch.ToJson())).Should().BeEquivalentTo(batch);
    }

    /// <summary>What has a default need not be there: an older version did not have it.</summary>
    [Fact]
    public async Task A_document_of_an_older_version_has_defaults_for_what_it_lacks()
    {
        var report = await _runner.RunAsync(_maintenance);
        var plan = await _runner.PlanAsync(_maintenance);

        var oldReport = MaintenanceReport.FromJson(Without(report.ToJson(), "schemaVersion", "missingRole", "virtualMachines", "writes", "findings"));
        var oldPlan = MaintenancePlan.FromJson(Without(plan.ToJson(), "schemaVersion", "bootId", "virtualMachines", "rights", "findings", "traits"));

        oldReport.Should().BeEquivalentTo(report with { VirtualMachines = [], Writes = [], Findings = [] });
        oldReport.ToText().Should().StartWith("Succeeded: ");
        oldPlan.Steps.SelectMany(step => step.Actions).Should().NotBeEmpty().And.OnlyContain(action => action.Traits.Count == 0);
        oldPlan.ToText().Should().Be(plan.ToText());
        oldPlan.FindDrift(plan with { BootId = "" }).Should().BeEmpty();
        FluentActions.Invoking(() => MaintenancePlan.FromJson(Without(plan.ToJson(), "nodeUid"))).Should().Throw<FormatException>().WithMessage("*nodeUid*");
        FluentActions.Invoking(() => MaintenanceReport.FromJson("""{ "nodeName": null }""")).Should().Throw<FormatException>();
    }

    [Fact]
    public async Task Every_event_of_a_run_says_its_version_and_reads_back_to_the_same_one_whatever_the_order_of_its_members()
    {
        var events = await _runner.StreamAsync(_maintenance.Then(new TestStep("tell", (context, _) =>
        {
            context.ReportProgress(1, 2, "on it");
            return Task.FromResult(StepOutcome.Succeeded("told"));
        }))).ToListAsync();

        foreach (var happened in events)
        {
            var json = happened.ToJson();
            JsonNode.Parse(json)!["schemaVersion"]!.GetValue<int>().Should().Be(MaintenanceEvent.CurrentSchemaVersion);
            MaintenanceEvent.FromJson(json).Should().BeEquivalentTo(happened, options => options.RespectingRuntimeTypes());
            MaintenanceEvent.FromJson(Newer(json)).Should().BeEquivalentTo(happened, options => options.RespectingRuntimeTypes());
            MaintenanceEvent.FromJson(Without(json, "schemaVersion")).Should().BeEquivalentTo(happened, options => options.RespectingRuntimeTypes());
        }

        events.Select(happened => happened.GetType()).Distinct().Should().HaveCountGreaterThan(5);
    }

    [Fact]
    public void An_event_of_a_kind_that_only_a_newer_version_knows_is_passed_over() =>
        MaintenanceEvent.FromJson("""{ "type": "coffeeServed", "schemaVersion": 1, "sequence": 3, "cups": 2 }""").Should().BeNull();

    /// <summary>Another form has perhaps nothing in common with ours but its version.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Another_form_is_refused_by_its_version_and_not_by_what_it_lacks(string document) =>
        FluentActions.Invoking(() => Readers[document]("""{ "schemaVersion": 2, "all": "different" }""")).Should().Throw<FormatException>()
            .WithMessage($"This is {document} of schema version 2; this VmNodeOps reads up to 1. Use the version that made it, or a newer one.");

    [Theory]
    [MemberData(nameof(Documents))]
    public void Something_else_is_refused_as_what_it_is_not(string document)
    {
        foreach (var text in new[] { "", "null", "[]", "{}", "12", "{ \"schemaVersion\": \"1\" }", "{ \"type\": \"runStarted\" }" })
        {
            FluentActions.Invoking(() => Readers[document](text)).Should().Throw<FormatException>().WithMessage($"This is not {document}: *");
        }
    }

    [Fact]
    public void A_journal_is_read_with_members_of_a_newer_version_and_without_those_that_an_older_one_lacks()
    {
        var journal = new MaintenanceJournal { NodeName = "worker-3", NodeUid = "uid", OpenedAt = _time.GetUtcNow(), OpenedBy = "me", WasUnschedulable = false };
        var json = JournalText.Write(journal)["journal.json"];

        ReadJournal(Newer(json)).Should().BeEquivalentTo(journal);
        ReadJournal(Without(json, "schemaVersion", "labels", "taints", "machines", "steps")).Should().BeEquivalentTo(journal);
    }

    private static MaintenanceJournal ReadJournal(string newer)
    {
        var checksum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(newer)));

        var (read, objection) = JournalText.Read(
            new ConfigMap { Uid = "uid-map", Name = new ObjectName("vmnodeops", "worker-3"), Data = new Dictionary<string, string> { ["journal.json"] = newer, ["sha256"] = checksum } }, "worker-3");

        objection.Should().BeNull();
        return read!;
    }

    /// <summary>As a newer minor version may write it: members that we do not know, at the top and within, and in another order.</summary>
    private static string Newer(string json)
    {
        var turned = Turned(JsonNode.Parse(json)!.AsObject());
        turned["colour"] = new JsonObject { ["hue"] = 12 };
        foreach (var part in turned.Select(pair => pair.Value).OfType<JsonArray>().SelectMany(list => list).OfType<JsonObject>().Where(part => part.Count > 0))
        {
            part["colour"] = "blue";
        }

        return turned.ToJsonString();
    }

    private static JsonObject Turned(JsonObject source) => new(source.Reverse().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static string Without(string json, params string[] members)
    {
        var node = JsonNode.Parse(json)!;
        Strip(node, members);
        return node.ToJsonString();
    }

    private static void Strip(JsonNode? node, string[] members)
    {
        foreach (var item in node as JsonArray ?? [])
        {
            Strip(item, members);
        }

        if (node is JsonObject parts)
        {
            members.ToList().ForEach(member => parts.Remove(member));
            parts.Select(pair => pair.Value).ToList().ForEach(value => Strip(value, members));
        }
    }
}
