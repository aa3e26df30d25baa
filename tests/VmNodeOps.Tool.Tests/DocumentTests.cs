using System.Text.Json;

namespace VmNodeOps.Tool.Tests;

/// <summary>What a process writes and another reads again, and what is found by its name: each in a process of its own, because a native build may lack the code for it.</summary>
public sealed class DocumentTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_saved_plan_is_applied_by_another_process()
    {
        await using var cluster = await StartAsync();

        var plan = await cluster.RunAsync("plan", "drain", "worker-1", "--save", _file);
        var applied = await cluster.RunAsync("apply", _file);

        plan.ExitCode.Should().Be(ExitCode.Done, plan.Error);
        applied.ExitCode.Should().Be(ExitCode.Done, applied.Out + applied.Error);
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task What_one_process_began_is_composed_again_by_another_from_the_journal()
    {
        await using var cluster = await StartAsync(migration: TimeSpan.FromMinutes(1));

        var begun = await cluster.RunAsync("drain", "worker-1", "--yes", "--timeout", "5s", "--empty-for", "1s");
        var ended = await cluster.RunAsync("resume", "worker-1", "--yes", "--timeout", "5m", "--output", "json");

        begun.ExitCode.Should().Be(ExitCode.TimedOut, begun.Out + begun.Error);
        ended.ExitCode.Should().Be(ExitCode.Done, ended.Out + ended.Error);
        using var report = JsonDocument.Parse(ended.Out);
        report.RootElement.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step").GetString()).Should().Contain(["drain", "stay-empty"]);
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task A_runbook_fills_lists_of_groups_and_of_words()
    {
        await using var cluster = await StartAsync();
        await File.WriteAllTextAsync(_file, """
            runbook: 1
            name: careful
            nodes: [worker-1]
            steps:
              - open-window
              - cordon
              - drain:
                  emptyFor: 1s
                  policy:
                    rules:
                      - name: restarts
                        fates: [RestartsElsewhere, StaysDown]
                        treatment: Skip
            """);

        var run = await cluster.RunAsync("run", _file, "--dry-run");

        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Out.Should().Contain("prod/restarts").And.Contain("policy");
    }

    [Theory]
    [InlineData("schema")]
    [InlineData("rbac", "recover")]
    public async Task What_needs_no_cluster_is_the_same_text_in_every_build(params string[] command)
    {
        var process = await ChildProcess.RunAsync(command);
        var here = await ToolRun.OfAsync(command);

        process.ExitCode.Should().Be(ExitCode.Done, process.Error);
        process.Out.Should().Be(here.Out);
    }

    private static Task<ProcessCluster> StartAsync(TimeSpan? migration = null) => ProcessCluster.StartAsync(
        builder => builder
            .WithVirtualMachine("moves", machine => machine.In("prod").On("worker-1").LiveMigrate().WithDisk(shared: true).Behave(
                guest => guest with { MigrationDuration = migration ?? guest.MigrationDuration }))
            .WithVirtualMachine("restarts", machine => machine.In("prod").On("worker-1").WithDisk()),
        speed: 5);
}
