namespace VmNodeOps.Tool.Tests;

public sealed class ResumeTests
{
    [Fact]
    public async Task What_was_cut_short_is_gone_on_with()
    {
        await using var cluster = await StartAsync();
        await cluster.RunAsync("drain", "worker-1", "--yes", "--timeout", "20s");

        var run = await cluster.RunAsync("resume", "worker-1", "--yes", "--timeout", "30m");

        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Error.Should().StartWith("On node worker-1 is under way since ").And.Contain("open-window, cordon, ").And.Contain("drain");
        cluster.Simulated.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task Where_nothing_is_under_way_it_is_refused()
    {
        await using var cluster = await StartAsync();

        var run = await cluster.RunAsync("resume", "worker-1", "--yes");

        run.ExitCode.Should().Be(ExitCode.Refused);
        run.Error.Should().StartWith("No maintenance of node worker-1 is under way");
    }

    [Fact]
    public async Task A_recovery_asks_for_somebody_who_answers_for_it_anew()
    {
        await using var cluster = await StartAsync();
        await cluster.CrashAsync("worker-1");
        using var cancellation = new CancellationTokenSource();
        var recovery = cluster.RunAsync(["recover", "worker-1", "--yes", "--confirmed-by", "ops@example.com", "--reason", "off"], null, cancellationToken: cancellation.Token);
        await cluster.Simulated.UntilAsync(() => cluster.Simulated.Objects.Names("pods", pod => (string?)pod["spec"]!["nodeName"] == "worker-1" && (string?)pod["metadata"]!["labels"]?["kubevirt.io"] == "virt-launcher").Count == 0, "its pods are gone");
        await cancellation.CancelAsync();
        await recovery;

        var without = await cluster.RunAsync("resume", "worker-1", "--yes");
        var half = await cluster.RunAsync("resume", "worker-1", "--yes", "--confirmed-by", "ops@example.com");
        var with = await cluster.RunAsync("resume", "worker-1", "--yes", "--confirmed-by", "ops@example.com", "--reason", "still off", "--timeout", "30m");

        without.ExitCode.Should().Be(ExitCode.Refused);
        without.Error.Should().Contain("vmnodeops resume worker-1 --confirmed-by WHO --reason WHY").And.Contain("vmnodeops return worker-1");
        half.ExitCode.Should().Be(ExitCode.Usage);
        with.ExitCode.Should().Be(ExitCode.Done, with.Out + with.Error);
    }

    private static Task<ToolCluster> StartAsync() => ToolCluster.StartAsync(builder => builder.WithVirtualMachine(
        "slow", machine => machine.In("prod").On("worker-1").LiveMigrate().WithDisk(shared: true).Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(3) })));
}
