namespace VmNodeOps.Tool.Tests;

/// <summary>What Tab offers: words of the tool, and the names of nodes.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("vmnodeops dra", "drain")]
    [InlineData("vmnodeops plan re", "recover return")]
    [InlineData("/opt/tools/vmnodeops re", "recover resume return")]
    [InlineData("vmnodeops completion ", "bash fish pwsh zsh")]
    [InlineData("vmnodeops drain --undo", "--undo-on-failure")]
    [InlineData("vmnodeops nodes --out", "--output")]
    [InlineData("vmnodeops nodes --output ", "json jsonl text")]
    [InlineData("vmnodeops nodes -o js", "json jsonl")]
    [InlineData("vmnodeops nodes --kubeconfig ", "")]
    [InlineData("vmnodeops frobnicate --ou", "--output")]
    [InlineData("vmnodeops", "")]
    public async Task Words_are_completed_by_what_may_stand_there(string line, string expected)
    {
        var run = await ToolRun.OfAsync("complete", "--", line);

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Error.Should().BeEmpty();
        run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Nodes_are_those_of_the_cluster_and_none_twice()
    {
        await using var cluster = await ProcessCluster.StartAsync(static builder => builder.WithNodes("worker-3"));
        var vms = await CompleteAsync($"vmnodeops --kubeconfig {cluster.Kubeconfig} vms wor");
        var drain = await CompleteAsync($"vmnodeops drain --kubeconfig {cluster.Kubeconfig} worker-2 w");
        var plan = await CompleteAsync($"vmnodeops plan recover --kubeconfig {cluster.Kubeconfig} ");

        vms.Should().Equal("worker-1", "worker-2", "worker-3");
        drain.Should().Equal("worker-1", "worker-3");
        plan.Should().Equal("worker-1", "worker-2", "worker-3");
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_asked_is_no_reason_to_complain()
    {
        var noFile = await ToolRun.OfAsync("complete", "--", "vmnodeops drain --kubeconfig /no/such/file w");
        var dead = Path.GetTempFileName();
        await File.WriteAllTextAsync(dead, """
            apiVersion: v1
            kind: Config
            current-context: dead
            clusters: [{ name: dead, cluster: { server: "https://127.0.0.1:1" } }]
            contexts: [{ name: dead, context: { cluster: dead } }]
            """);
        var noServer = await ToolRun.OfAsync("complete", "--", $"vmnodeops drain --kubeconfig {dead} w");

        new[] { noFile, noServer }.Should().OnlyContain(run => run.ExitCode == ExitCode.Done && run.Out.Length == 0 && run.Error.Length == 0);
        File.Delete(dead);
    }

    /// <summary>The script in a real shell: what it puts into COMPREPLY.</summary>
    [Theory]
    [InlineData("vmnodeops dr", "drain")]
    [InlineData("vmnodeops drain --timeout 1m worker-", "worker-1 worker-2")]
    [InlineData("vmnodeops drain worker-1 --dry", "--dry-run")]
    [InlineData("vmnodeops apply ", "")]
    public async Task Bash_completes_with_the_script(string line, string expected)
    {
        await using var cluster = await ProcessCluster.StartAsync(static builder => builder);
        const string Script = """
            vmnodeops() { dotnet "$dll" "$@"; }
            dll=$1
            export KUBECONFIG=$2
            source <(vmnodeops completion bash)
            COMP_LINE=$3 COMP_POINT=${#3}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            $(complete -p vmnodeops | sed -n 's/.*-F \(\S*\).*/\1/p')
            echo "${COMPREPLY[*]}"
            """;
        using var shell = ChildProcess.StartProgram("bash", ["-c", Script, "bash", ChildProcess.Assembly, cluster.Kubeconfig, line]);

        var run = await shell.EndAsync();

        run.Error.Should().BeEmpty();
        run.Out.Should().Be($"{expected}\n");
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Other_shells_have_a_script_of_their_own(string shell)
    {
        var run = await ToolRun.OfAsync("completion", shell);

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Contain("vmnodeops").And.Contain("complete -- ").And.Contain($"vmnodeops completion {shell}");
    }

    [Fact]
    public async Task A_shell_that_is_not_known_ends_with_2_and_those_that_are()
    {
        var run = await ToolRun.OfAsync("completion", "tcsh");

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().StartWith("'tcsh' is no shell that is known here: write bash, zsh, fish, pwsh.");
    }

    private static async Task<string[]> CompleteAsync(string line) => (await ToolRun.OfAsync("complete", "--", line)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
