using System.Diagnostics;

namespace VmNodeOps.Tests.Fencing;

/// <summary>The protocol of fence agents, by agents of a few lines.</summary>
public sealed class FenceAgentTests
{
    private const string Secret = "s3cr3t value \"x\"";

    [Fact]
    public async Task Parameters_go_to_standard_input_and_nothing_else_shows_a_secret()
    {
        using var agent = new ScriptedAgent("echo 'Status: OFF'; exit 2");
        const string variable = "VMNODEOPS_TEST_FENCE_SECRET";
        System.Environment.SetEnvironmentVariable(variable, Secret);
        try
        {
            var device = new FenceAgent(agent.Options with
            {
                Parameters = new Dictionary<string, string> { ["ip"] = "10.0.0.7", ["plug"] = "7", ["username"] = "admin" },
                Secrets = new Dictionary<string, FenceSecret> { ["password"] = FenceSecret.FromEnvironment(variable) },
            });

            var answer = await device.ReadAsync(default);

            answer.State.Should().Be(PowerState.Off);
            agent.Input.Should().Be($"action=status\nip=10.0.0.7\npassword={Secret}\nplug=7\nusername=admin\n");
            agent.Arguments.Should().BeEmpty();
            agent.Environment.Should().Contain("PATH=").And.NotContain(variable).And.NotContain(Secret);
            device.ToString().Should().Be("fence_scripted at 10.0.0.7, 7");
        }
        finally
        {
            System.Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Theory]
    [InlineData("  both ends  ", "\"  both ends  \"")]
    [InlineData("\"quoted\"", "\"\"quoted\"\"")]
    [InlineData("a=b", "a=b")]
    public async Task A_value_that_an_agent_would_trim_or_unquote_is_put_into_quotation_marks(string value, string written)
    {
        using var agent = new ScriptedAgent("echo 'Status: ON'");
        var device = new FenceAgent(agent.Options with { Secrets = new Dictionary<string, FenceSecret> { ["password"] = FenceSecret.Of(value) } });

        (await device.ReadAsync(default)).State.Should().Be(PowerState.On);

        agent.Input.Should().Contain($"password={written}\n");
    }

    [Theory]
    [InlineData("exit 2")]
    [InlineData("echo 'Status: OFF'; exit 0")]
    [InlineData("echo 'Status: ON'; exit 2")]
    [InlineData("echo 'Status: UNKNOWN'; exit 0")]
    [InlineData("echo \"sh: can't open '/usr/sbin/fence_x'\" >&2; exit 2")]
    public async Task Exit_code_and_words_must_agree(string body)
    {
        using var agent = new ScriptedAgent(body);

        var answer = await new FenceAgent(agent.Options).ReadAsync(default);

        answer.State.Should().Be(PowerState.Unknown);
        answer.Trouble!.Kind.Should().Be(FenceTroubleKind.Failed);
    }

    [Theory]
    [InlineData("Unable to connect/login to fencing device", FenceTroubleKind.AccessDenied, 1)]
    [InlineData("Error: Unable to establish IPMI v2 / RMCP+ session", FenceTroubleKind.Unreachable, 3)]
    [InlineData("Connection timed out", FenceTroubleKind.TimedOut, 3)]
    [InlineData("Failed: Timed out waiting to power OFF", FenceTroubleKind.StillOn, 3)]
    [InlineData("Failed: You have to enter fence address", FenceTroubleKind.Misconfigured, 1)]
    [InlineData("the moon is in the wrong phase", FenceTroubleKind.Failed, 3)]
    public async Task What_an_agent_says_is_told_apart_and_only_what_may_pass_is_tried_again(string said, FenceTroubleKind kind, int calls)
    {
        using var agent = new ScriptedAgent($"echo '2026-01-01 00:00:00,000 ERROR: {said}' >&2; exit 1");

        var answer = await new FenceAgent(agent.Options with { Retries = 2 }).SwitchAsync(PowerAction.Off, default);

        answer.Trouble!.Kind.Should().Be(kind);
        answer.Trouble.Message.Should().Contain(said).And.NotContain("ERROR");
        agent.Calls.Should().HaveCount(calls).And.OnlyContain(action => action == "off");
    }

    [Fact]
    public async Task Trouble_that_passes_is_sat_out()
    {
        using var agent = new ScriptedAgent("""[ $(wc -l < "$(dirname "$0")/calls") -ge 3 ] && { echo 'Status: OFF'; exit 2; }; echo 'Connection lost' >&2; exit 1""");

        var answer = await new FenceAgent(agent.Options with { Retries = 2 }).ReadAsync(default);

        answer.State.Should().Be(PowerState.Off);
        agent.Calls.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_secret_that_an_agent_says_is_taken_out_in_every_form()
    {
        const string password = "p&ss w0rd";
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"admin:{password}"));
        using var agent = new ScriptedAgent($"echo 'sent {password}, {Uri.EscapeDataString(password)} and Basic {basic} to the device' >&2; exit 1");
        var device = new FenceAgent(agent.Options with
        {
            Parameters = new Dictionary<string, string> { ["username"] = "admin" },
            Secrets = new Dictionary<string, FenceSecret> { ["password"] = FenceSecret.Of(password) },
        });

        var answer = await device.ReadAsync(default);

        answer.Trouble!.Message.Should().Contain("sent ***, *** and Basic *** to the device");
        answer.ToString().Should().NotContain(password).And.NotContain(basic);
        device.ToString().Should().NotContain(password);
    }

    [Fact]
    public async Task An_agent_that_hangs_is_stopped_with_its_children()
    {
        using var agent = new ScriptedAgent("sleep 1000 & echo $! > \"$(dirname \"$0\")/child\"; wait");
        var child = Path.Combine(Path.GetDirectoryName(agent.Program)!, "child");

        var answer = await new FenceAgent(agent.Options with { Timeout = TimeSpan.FromSeconds(1) }).ReadAsync(default);

        answer.Trouble!.Kind.Should().Be(FenceTroubleKind.TimedOut);
        var alive = () => Process.GetProcessById(int.Parse(File.ReadAllText(child), System.Globalization.CultureInfo.InvariantCulture)).HasExited;
        EndsSoon(alive).Should().BeTrue();
    }

    [Fact]
    public async Task Cancelling_ends_a_call_at_once()
    {
        using var agent = new ScriptedAgent("sleep 1000");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var began = Stopwatch.GetTimestamp();

        var act = () => new FenceAgent(agent.Options).ReadAsync(cancel.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        Stopwatch.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("password", "hunter2", "--fence-secret-file")]
    [InlineData("snmp-priv-passwd", "hunter2", "--fence-secret-file")]
    [InlineData("secret_key", "hunter2", "--fence-secret-file")]
    [InlineData("action", "hunter2", "ours to give")]
    [InlineData("verbose", "hunter2", "write secrets into its output")]
    [InlineData("debug-file", "hunter2", "write secrets into its output")]
    [InlineData("plug", "hunter2\naction=on", "more than one line")]
    [InlineData("plug=1\nip", "hunter2", "is not the name of a parameter")]
    public void Parameters_that_would_show_secrets_or_mean_something_else_are_refused(string name, string value, string why)
    {
        var make = () => new FenceAgent(new FenceAgentOptions { Program = "fence_redfish", Parameters = new Dictionary<string, string> { [name] = value } });

        make.Should().Throw<ArgumentException>().Which.Message.Should().Contain(why).And.NotContain("hunter2");
    }

    [Theory]
    [InlineData("reboot")]
    [InlineData("./fence_redfish")]
    [InlineData("/bin/sh")]
    [InlineData("../fence_redfish")]
    public void Only_fence_agents_by_name_or_absolute_path_are_run(string program)
    {
        var make = () => new FenceAgent(new FenceAgentOptions { Program = program });

        make.Should().Throw<ArgumentException>().WithMessage("*fence*");
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_is_told_without_it()
    {
        using var agent = new ScriptedAgent("echo 'Status: OFF'; exit 2");
        var device = new FenceAgent(agent.Options with { Secrets = new Dictionary<string, FenceSecret> { ["password"] = FenceSecret.FromFile("/nowhere/bmc") } });

        var answer = await device.ReadAsync(default);

        answer.Trouble!.Kind.Should().Be(FenceTroubleKind.Misconfigured);
        answer.Trouble.Message.Should().Contain("/nowhere/bmc");
        agent.Calls.Should().BeEmpty("it is not asked without");
    }

    private static bool EndsSoon(Func<bool> hasExited)
    {
        try
        {
            return SpinWait.SpinUntil(hasExited, TimeSpan.FromSeconds(10));
        }
        catch (ArgumentException)
        {
            // There is no such process any more.
            return true;
        }
    }
}
