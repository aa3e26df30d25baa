namespace VmNodeOps.Tool.Tests;

public sealed class ApplyTests
{
    [Fact]
    public async Task A_saved_plan_is_applied_exactly_or_refused_with_what_has_changed()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder
            .WithVirtualMachine("db", machine => machine.In("prod").On("worker-1").WithDisk())
            .WithVirtualMachine("web", machine => machine.In("prod").On("worker-2").LiveMigrate()));
        var file = Path.GetTempFileName();

        var plan = await cluster.RunAsync("plan", "drain", "worker-1", "--save", file);
        var applied = await cluster.RunAsync("apply", file);
        var again = await cluster.RunAsync("apply", file);

        plan.ExitCode.Should().Be(ExitCode.Done, plan.Error);
        applied.ExitCode.Should().Be(ExitCode.Done, applied.Out + applied.Error);
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
        again.ExitCode.Should().Be(ExitCode.Refused);
        again.Out.Should().Contain("no longer holds");
        File.ReadAllText(file).Should().NotContain("kubeconfig");
        File.Delete(file);
    }

    [Fact]
    public async Task A_recovery_is_planned_by_one_and_applied_on_the_word_of_another()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder.WithVirtualMachine("db", machine => machine.In("prod").On("worker-1").WithDisk()));
        await cluster.CrashAsync("worker-1");
        var file = Path.GetTempFileName();

        await cluster.RunAsync("plan", "recover", "worker-1", "--save", file);
        var nobody = await cluster.RunAsync("apply", file);
        var applied = await cluster.RunAsync("apply", file, "--confirmed-by", "ops@example.com", "--reason", "PSU burnt");

        nobody.ExitCode.Should().Be(ExitCode.Usage);
        applied.ExitCode.Should().Be(ExitCode.Done, applied.Out + applied.Error);
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
        File.Delete(file);
    }

    [Theory]
    [InlineData("{}", "schema version")]
    [InlineData("not json", "is not a plan")]
    public async Task What_is_no_saved_plan_is_said_to_be_none(string text, string message)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, text);

        var run = await ToolRun.OfAsync("apply", file);

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(message);
        File.Delete(file);
    }
}
