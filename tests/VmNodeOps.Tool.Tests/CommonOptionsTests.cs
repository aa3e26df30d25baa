using System.CommandLine;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Tool.Tests;

/// <summary>The options that every command has: each is taken everywhere, or refused with a sentence where it can mean nothing.</summary>
public sealed class CommonOptionsTests
{
    private static readonly string[] Commands =
    [
        "nodes", "vms worker-1", "plan drain worker-1", "plan return worker-1", "plan recover worker-1", "drain worker-1", "return worker-1",
        "recover worker-1 --confirmed-by me --reason because", "resume worker-1", "apply plan.json", "run book.yaml", "schema", "rbac drain", "rbac return", "rbac recover", "rbac run book.yaml",
        "simulate --kubeconfig-out x", "simulate crash worker-1", "simulate cut-off worker-1", "simulate return worker-1", "simulate status", "completion bash",
    ];

    private static readonly string[] Options =
    [
        "--kubeconfig file", "--context name", "--timeout 5m", "--dry-run", "--yes", "-y", "--output json", "-o jsonl", "--quiet", "-q", "--verbose", "-v", "-vv", "--chunk-size 5",
    ];

    /// <summary>A command by its first word, or two, and the option.</summary>
    private static readonly string[] Meaningless =
    [
        "simulate --kubeconfig", "simulate --context", "simulate --dry-run", "simulate crash --context", "simulate crash --dry-run", "simulate cut-off --context", "simulate cut-off --dry-run",
        "simulate return --context", "simulate return --dry-run", "simulate status --context", "simulate status --dry-run",
        "rbac drain --output", "rbac drain -o", "rbac return --output", "rbac return -o", "rbac recover --output", "rbac recover -o", "rbac run --output", "rbac run -o",
    ];

    [Fact]
    public void Each_is_taken_by_every_command_or_refused_with_a_sentence()
    {
        var root = Root();
        var refused = new List<string>();
        foreach (var command in Commands)
        {
            root.Parse(command).Errors.Should().BeEmpty(command);
            foreach (var option in Options)
            {
                var parsed = root.Parse($"{command} {option}");
                if (parsed.Errors.Count > 0)
                {
                    refused.Add($"{PathOf(parsed.CommandResult)} {option.Split(' ')[0]}");
                    parsed.Errors.Select(static error => error.Message).Should().ContainSingle().Which.Should().MatchRegex("^(--\\S+|rbac) .* .*[.]$");
                }
            }
        }

        refused.Should().BeEquivalentTo(Meaningless);
    }

    [Fact]
    public void No_command_is_forgotten_here() =>
        Commands.Select(command => PathOf(Root().Parse(command).CommandResult)).Distinct().Should().BeEquivalentTo(Runnable(Root(), ""));

    [Fact]
    public async Task The_schema_is_one_line_where_lines_are_wanted()
    {
        var text = await ToolRun.OfAsync("schema");
        var line = await ToolRun.OfAsync("schema", "-o", "jsonl");

        text.Out.Split('\n').Length.Should().BeGreaterThan(10);
        line.Out.Should().EndWith("}\n").And.Subject.Count(letter => letter == '\n').Should().Be(1);
    }

    [Fact]
    public async Task A_plan_that_is_applied_with_dry_run_is_shown_and_not_carried_out()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder.WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate()));
        var file = Path.GetTempFileName();
        await cluster.RunAsync("plan", "drain", "worker-1", "--save", file);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync("apply", file, "--dry-run");

        run.ExitCode.Should().Be(ExitCode.Done, run.Error);
        run.Out.Should().StartWith("Plan for node worker-1");
        cluster.Simulated.Requests.Where(request => request.IsWrite && request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true).Should().BeEmpty();
        File.Delete(file);
    }

    /// <summary>A real terminal, by <c>script</c>: the question is asked there, and only a yes is a yes.</summary>
    [Theory]
    [InlineData("n", 130, "Nothing was done.")]
    [InlineData("y", 0, "Succeeded: ")]
    public async Task On_a_terminal_it_asks_before_it_takes_anything_away(string answer, int exitCode, string said)
    {
        await using var cluster = await ProcessCluster.StartAsync(builder => builder.WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true)), speed: 20);
        using var terminal = ChildProcess.StartProgram("script", ["-qec", $"dotnet '{ChildProcess.Assembly}' drain worker-1 --kubeconfig '{cluster.Kubeconfig}'", "/dev/null"]);
        var talk = await ReadToAsync(terminal.StandardOutput, "Go on? [y/N] ");

        await terminal.StandardInput.WriteLineAsync(answer);
        var run = await terminal.EndAsync();

        ((int)run.ExitCode).Should().Be(exitCode, run.Out);
        talk.Should().Contain("migrates live (1):").And.Contain("(VM default/web)");
        run.Out.Should().Contain(said);
        cluster.Simulated.Guests.Of("web").Single().Node.Should().Be(exitCode == 0 ? "worker-2" : "worker-1");
    }

    private static VmNodeOpsCommand Root() => new(new ToolServices(new HostConsole(TextWriter.Null, TextWriter.Null, TextReader.Null), TimeProvider.System));

    private static string PathOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    private static IEnumerable<string> Runnable(Command command, string path) => command.Subcommands.Where(static sub => !sub.Hidden).SelectMany(sub =>
        Runnable(sub, $"{path}{sub.Name} ").Concat(sub.Action is null ? [] : [$"{path}{sub.Name}"]));

    /// <summary>A question ends without the end of a line.</summary>
    private static async Task<string> ReadToAsync(StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(ChildProcess.Patience);
        var (read, buffer) = ("", new char[1024]);
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var count = await reader.ReadAsync(buffer, limit.Token);
            read += count > 0 ? new string(buffer, 0, count) : throw new EndOfStreamException(read);
        }

        return read;
    }
}
