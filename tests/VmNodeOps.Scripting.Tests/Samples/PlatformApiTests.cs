using VmNodeOps.Testing;
using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Scripting.Tests.Samples;

/// <summary>The sample PlatformApi as its users run it, on a simulated cluster of the test, which is asked what really runs.</summary>
public sealed class PlatformApiTests : IAsyncLifetime
{
    private readonly string _kubeconfig = Path.GetTempFileName();
    private SimulatedCluster _cluster = null!;
    private PlatformProcess _platform = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SimulatedCluster.StartAsync(builder => ScriptCluster.TwoMachines((builder with { Time = SimulatedTime.RealTime(20) }).WithNodes("worker-1", "worker-2", "worker-3"))
            .WithVirtualMachine("slow", machine => machine.In("prod").On("worker-2").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(9) })));
        _cluster.WriteKubeconfig(_kubeconfig);
        _platform = await PlatformProcess.StartAsync("--kubeconfig", _kubeconfig);
    }

    public async Task DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _cluster.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    [Fact]
    public async Task A_plan_is_approved_followed_to_its_end_and_reported_and_traces_and_metrics_tell_of_it()
    {
        var planned = await _platform.PostAsync("/maintenances", new { procedure = "drain", node = "worker-1" });
        var id = planned.Json.GetProperty("id").GetString()!;
        var live = await _platform.OpenEventsAsync(id);

        var approved = await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "ops@example.com" });
        var events = await live.ToListAsync(_platform.Limit);
        var rest = await (await _platform.OpenEventsAsync(id, after: 5)).ToListAsync(_platform.Limit);
        var report = await _platform.GetAsync($"/maintenances/{id}/report");
        var (exitCode, said) = await _platform.StopAsync();

        planned.Status.Should().Be(201);
        planned.Json.GetProperty("text").GetString().Should().StartWith("Plan for node worker-1").And.Contain("prod/web");
        MaintenancePlan.FromJson(planned.Json.GetProperty("plan").GetRawText()).VirtualMachines.Should().HaveCount(2);
        approved.Status.Should().Be(202, approved.Text);
        approved.Json.GetProperty("approvedBy").GetString().Should().Be("ops@example.com");
        events.Select(sent => sent.Id).Should().Equal(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events[0].Type.Should().Be("runStarted");
        events[^1].Data.GetProperty("report").GetProperty("result").GetString().Should().Be("Succeeded");
        rest.Select(sent => sent.Data.GetRawText()).Should().Equal(events.Skip(5).Select(sent => sent.Data.GetRawText()));
        report.Json.GetProperty("result").GetString().Should().Be("Succeeded");
        _cluster.Guests.On("worker-1").Should().BeEmpty();
        _cluster.Guests.Running.Should().HaveCount(3);
        _cluster.Guests.Doubles.Should().BeEmpty();
        exitCode.Should().Be(0, said);
        said.Should().MatchRegex(@"Activity\.ParentSpanId: +[0-9a-f]{16}\n(?:Activity[^\n]*\n)*Activity\.DisplayName: +vmnodeops\.run\n").And.Contain("vmnodeops.step.drain");
        said.Should().MatchRegex(@"(?s)Metric Name: vmnodeops\.runs,.{1,300}?vmnodeops\.result: Succeeded \nValue: 1\n");
    }

    [Fact]
    public async Task Whoever_has_seen_all_events_is_told_that_there_are_no_more()
    {
        var id = await _platform.PlanAsync(new { procedure = "drain", node = "worker-3" });
        await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });
        var last = (await (await _platform.OpenEventsAsync(id)).ToListAsync(_platform.Limit))[^1];

        var again = await FluentActions.Awaiting(() => _platform.OpenEventsAsync(id, last.Id)).Should().ThrowAsync<Exception>();

        again.WithMessage("*NoContent*");
    }

    [Fact]
    public async Task A_plan_that_no_longer_holds_is_refused_with_what_has_changed_and_nothing_is_written()
    {
        var id = await _platform.PlanAsync(new { procedure = "drain", node = "worker-1" });
        _cluster.Objects.Change("nodes", "worker-1", json => json["spec"]!["unschedulable"] = true, null);
        _cluster.Requests.Clear();

        var refused = await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });

        refused.Status.Should().Be(409);
        refused.ContentType.Should().Be("application/problem+json");
        refused.Detail.Should().Be("The plan no longer holds. Nothing was written. Make a new plan and approve it.");
        refused.Json.GetProperty("because").EnumerateArray().Select(change => change.GetString()).Should().Contain("The node's unschedulable mark was 'False', and is 'True' now.");
        OurWrites().Should().BeEmpty();
        (await _platform.GetAsync($"/maintenances/{id}")).Json.GetProperty("state").GetString().Should().Be("Planned");
    }

    [Fact]
    public async Task A_crashed_node_is_recovered_on_evidence_and_a_ready_one_is_not()
    {
        var recovery = new { procedure = "recover", node = "worker-1", evidence = new { confirmedBy = "ops@example.com", reason = "PSU burnt" } };
        var early = await _platform.PostAsync("/maintenances", recovery);
        var refused = await _platform.PostAsync($"/maintenances/{early.Json.GetProperty("id").GetString()}/approve", new { by = "me" });
        _cluster.CrashNode("worker-1");
        await _cluster.UntilAsync(() => _cluster.Objects.Condition("nodes", "worker-1", "Ready") == "Unknown", "worker-1 is silent");

        var id = await _platform.PlanAsync(recovery);
        await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });
        var events = await (await _platform.OpenEventsAsync(id)).ToListAsync(_platform.Limit);

        early.Json.GetProperty("refused").GetBoolean().Should().BeTrue();
        refused.Status.Should().Be(409);
        refused.Json.GetProperty("because")[0].GetString().Should().StartWith("Node worker-1 is Ready");
        events[^1].Data.GetProperty("report").GetProperty("result").GetString().Should().Be("Succeeded", events[^1].Data.GetRawText());
        _cluster.Guests.Running.Should().HaveCount(3).And.OnlyContain(guest => guest.Node != "worker-1");
        _cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_run_is_cancelled_and_a_plan_withdrawn()
    {
        var withdrawn = await _platform.PlanAsync(new { procedure = "drain", node = "worker-2" });
        var id = await _platform.PlanAsync(new { procedure = "drain", node = "worker-2" });
        await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });
        await UntilItMigratesAsync(id);

        var nothing = await _platform.DeleteAsync($"/maintenances/{withdrawn}");
        var late = await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "you" });
        var report = await _platform.DeleteAsync($"/maintenances/{id}");
        var again = await _platform.DeleteAsync($"/maintenances/{id}");

        nothing.Status.Should().Be(204);
        (await _platform.GetAsync($"/maintenances/{withdrawn}/report")).Detail.Should().Be("There is no report yet: the maintenance is Withdrawn.");
        late.Detail.Should().Be("The maintenance is Running, approved by me.");
        report.Status.Should().Be(200);
        report.Json.GetProperty("result").GetString().Should().Be("Cancelled");
        again.Detail.Should().Be("There is nothing to cancel: the maintenance is Ended.");
    }

    [Fact]
    public async Task When_the_program_is_told_to_stop_runs_end_in_good_order_and_those_who_follow_get_the_report()
    {
        var waiting = await _platform.OpenEventsAsync(await _platform.PlanAsync(new { procedure = "drain", node = "worker-1" }));
        var id = await _platform.PlanAsync(new { procedure = "drain", node = "worker-2" });
        await _platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });
        await UntilItMigratesAsync(id);
        var following = (await _platform.OpenEventsAsync(id)).ToListAsync(_platform.Limit);

        var held = _cluster.Objects.List("leases", "medik8s-leases").Count;
        var (exitCode, said) = await _platform.StopAsync();

        exitCode.Should().Be(0, said);
        (await following)[^1].Data.GetProperty("report").GetProperty("result").GetString().Should().Be("Cancelled");
        (await waiting.ToListAsync(_platform.Limit)).Should().BeEmpty();
        held.Should().Be(1);
        _cluster.Objects.List("leases", "medik8s-leases").Should().BeEmpty("a run that ended in good order gives the node back");
    }

    [Fact]
    public async Task What_cannot_be_meant_is_a_problem_in_words_and_nothing_is_written()
    {
        foreach (var (body, status, detail) in new[]
        {
            ("""{ "procedure": "drain", "node": "worker-9" }""", 404, "There is no node 'worker-9' in this cluster.*"),
            ("""{ "procedure": "drain", "node": "Worker_1" }""", 400, "'Worker_1' is not the name of an object: use lower-case letters*"),
            ("""{ "procedure": "drian", "node": "worker-1" }""", 400, "There is no procedure 'drian'. There are: drain, return, recover."),
            ("""{ "procedure": "recover", "node": "worker-1" }""", 400, "A recovery needs evidence that the node is off*"),
            ("""{ "procedure": "recover", "node": "worker-1", "evidence": { "confirmedBy": "me", "reason": " " } }""", 400, "A recovery needs evidence that the node is off*"),
            ("""{ "procedure": "drain" }""", 400, "*'node'*"),
            ("""{ "procedure": "drain", "node": "worker-1", "evidense": {} }""", 400, "*'evidense'*"),
            ("{", 400, "*JSON*"),
        })
        {
            var problem = await _platform.PostTextAsync("/maintenances", body);

            problem.Status.Should().Be(status, problem.Text);
            problem.ContentType.Should().Be("application/problem+json");
            problem.Detail.Should().Match(detail).And.NotContain("   at ");
        }

        OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task A_maintenance_that_nobody_planned_is_not_found()
    {
        foreach (var answer in new[]
        {
            await _platform.GetAsync("/maintenances/x"), await _platform.GetAsync("/maintenances/x/report"), await _platform.GetAsync("/maintenances/x/events"),
            await _platform.DeleteAsync("/maintenances/x"), await _platform.PostAsync("/maintenances/x/approve", new { by = "me" }),
        })
        {
            answer.Status.Should().Be(404);
            answer.Detail.Should().StartWith("There is no maintenance 'x'.");
        }
    }

    [Fact]
    public async Task Without_a_cluster_it_brings_one_of_its_own()
    {
        await using var platform = await PlatformProcess.StartAsync();
        var id = await platform.PlanAsync(new { procedure = "drain", node = "worker-1" });
        await platform.PostAsync($"/maintenances/{id}/approve", new { by = "me" });

        var events = await (await platform.OpenEventsAsync(id)).ToListAsync(platform.Limit);
        var guests = await platform.GetAsync("/simulation/guests");

        events[^1].Data.GetProperty("report").GetProperty("result").GetString().Should().Be("Succeeded");
        guests.Json.EnumerateArray().Select(guest => guest.GetProperty("node").GetString()).Should().HaveCount(3).And.NotContain("worker-1");
        (await platform.StopAsync()).ExitCode.Should().Be(0);
    }

    private async Task UntilItMigratesAsync(string id)
    {
        await foreach (var sent in await _platform.OpenEventsAsync(id))
        {
            if (sent.Data.GetRawText().Contains("Migrating to worker-", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("The run ended.");
    }

    private IEnumerable<LoggedRequest> OurWrites() =>
        _cluster.Requests.Where(request => request.IsWrite && request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true);
}
