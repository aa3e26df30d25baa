namespace VmNodeOps.Tool.Tests;

/// <summary>A recovery that lets a fence agent switch the machine off first.</summary>
public sealed class FenceTests : IDisposable
{
    private const string Secret = "planted-s3cret";
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-fence-").FullName;

    private string Agent => Path.Combine(_folder, "fence_scripted");

    private string SecretFile => Path.Combine(_folder, "bmc");

    [Fact]
    public async Task A_fence_agent_switches_the_machine_off_and_the_recovery_rests_on_that()
    {
        await using var cluster = await CutOffAsync();
        Write("off) touch \"$0.off\"; echo 'Success: Powered OFF';; status) [ -e \"$0.off\" ] && { echo 'Status: OFF'; exit 2; }; echo 'Status: ON';;");

        var run = await cluster.RunAsync(Recover("--power-on=false"));

        run.ExitCode.Should().Be(ExitCode.Done, run.Error + run.Out);
        run.Out.Should().Contain("fence").And.Contain("switched off; fence_scripted at 10.0.0.7 confirms it").And.Contain("Restarted");
        (run.Out + run.Error).Should().NotContain(Secret);
        File.ReadAllText($"{Agent}.input").Should().Contain($"password={Secret}").And.Contain("ip=10.0.0.7");
        File.ReadAllText($"{Agent}.arguments").Trim().Should().BeEmpty();
    }

    [Fact]
    public async Task A_fence_agent_that_is_refused_ends_with_3_and_nothing_is_changed()
    {
        await using var cluster = await CutOffAsync();
        Write($"*) echo \"Unable to connect/login to fencing device with {Secret}\" >&2; exit 1;;");

        var run = await cluster.RunAsync(Recover());

        run.ExitCode.Should().Be(ExitCode.Refused);
        run.Out.Should().Contain("does not let us in").And.Contain("nothing was force-deleted or detached");
        (run.Out + run.Error).Should().NotContain(Secret);
        cluster.Simulated.Requests.Where(request => request.IsWrite && request.Resource is "nodes" or "configmaps" || request.Verb == "delete" && request.Resource == "pods").Should().BeEmpty();
    }

    [Fact]
    public async Task A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        var run = await ToolRun.OfAsync("recover", "worker-1", "--fence-agent", "fence_redfish", "--fence-option", $"password={Secret}", "--yes");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain("'password' of fence_redfish is a secret").And.Contain("--fence-secret-file").And.NotContain(Secret);
    }

    [Fact]
    public async Task A_plan_tells_of_the_fence_and_switches_nothing()
    {
        await using var cluster = await CutOffAsync();
        Write("*) exit 1;;");

        var run = await cluster.RunAsync("plan", "recover", "worker-1", "--fence-agent", Agent, "--fence-option", "ip=10.0.0.7");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Contain("switch off the machine of node worker-1 by fence_scripted at 10.0.0.7");
        File.Exists($"{Agent}.input").Should().BeFalse("the agent is not even asked");
    }

    [Theory]
    [InlineData("OFF", ExitCode.Done)]
    [InlineData("ON", ExitCode.TimedOut)]
    public async Task A_drain_whose_node_dies_removes_its_pods_by_force_only_if_the_agent_says_that_the_machine_is_off(string status, ExitCode exitCode)
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder
            .WithVirtualMachine("slow", vm => vm.On("worker-1").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(25) })));
        Write($"status) echo 'Status: {status}'; {(status == "OFF" ? "exit 2" : "")};; *) touch \"$0.switched\"; exit 1;;");
        var drain = cluster.RunAsync(
            "drain", "worker-1", "--yes", "--timeout", "20m", "--force-delete-after", "4m", "--fence-agent", Agent, "--fence-option", "ip=10.0.0.7", "--fence-secret-file", $"password={SecretFile}");
        await cluster.Simulated.UntilAsync(() => cluster.Simulated.Requests.Of("create", "pods", "eviction").Any(request => request.StatusCode == 201), "it is shutting down");
        cluster.Simulated.CrashNode("worker-1");

        var run = await drain;

        run.ExitCode.Should().Be(exitCode, run.Out + run.Error);
        cluster.Simulated.Requests.Of("delete", "pods").Should().HaveCount(exitCode == ExitCode.Done ? 1 : 0);
        File.Exists($"{Agent}.switched").Should().BeFalse("it is only asked");
        cluster.Simulated.Guests.Doubles.Should().BeEmpty();
        (run.Out + run.Error).Should().NotContain(Secret);
    }

    [Theory]
    [InlineData("drain worker-1 --yes --force-delete-after 5m", "--force-delete-after needs --fence-agent")]
    [InlineData("drain worker-1 --yes --fence-agent fence_redfish", "--force-delete-after says when that may be")]
    [InlineData("drain worker-1 worker-2 --yes --force-delete-after 5m --fence-agent fence_redfish", "one node at a time")]
    [InlineData("drain worker-1 --yes --force-delete-after 5m --fence-agent fence_redfish --power-on", "There is no option '--power-on' here.")]
    public async Task Force_needs_a_witness_who_knows_this_machine(string commandLine, string message)
    {
        var run = await ToolRun.OfAsync(commandLine.Split(' '));

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<ToolCluster> CutOffAsync()
    {
        var cluster = await ToolCluster.StartAsync(builder => builder.WithVirtualMachine("db", vm => vm.On("worker-1").WithDisk()));
        await cluster.CrashAsync("worker-1");
        return cluster;
    }

    private string[] Recover(params string[] more) =>
    [
        "recover", "worker-1", "--yes", "--fence-agent", Agent, "--fence-option", "ip=10.0.0.7", "--fence-secret-file", $"password={SecretFile}", .. more,
    ];

    private void Write(string cases)
    {
        File.WriteAllText(SecretFile, $"{Secret}\n");
        File.WriteAllText(Agent, $"""
            #!/bin/sh
            cat > "$0.input"
            echo "$@" > "$0.arguments"
            case $(sed -n 's/^action=//p' "$0.input") in {cases} esac
            """.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
