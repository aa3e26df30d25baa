using VmNodeOps.Testing.Access;
using VmNodeOps.Tests.Secrets;

namespace VmNodeOps.Tool.Tests;

/// <summary>What -v and -vv add to the talk, and that stdout stays data.</summary>
public sealed class VerbosityTests
{
    private const string Request = @"(?m)^\d\d:\d\d:\d\d\.\d\d\dZ debug GET /api/v1/nodes\?\S+: 200 after \d+ ms$";

    [Fact]
    public async Task Once_it_names_the_cluster_and_logs_what_the_library_says_and_twice_every_request_with_its_answer_and_its_time()
    {
        await using var cluster = await StartAsync();

        var without = await cluster.RunAsync("nodes");
        var once = await cluster.RunAsync("nodes", "-v");
        var twice = await cluster.RunAsync("nodes", "-vv");
        var apart = await cluster.RunAsync("nodes", "-v", "--verbose");

        without.Error.Should().BeEmpty();
        once.Error.Should().MatchRegex($"^\\S+Z info  The cluster is .*{cluster.Simulated.Address.Authority}.*\n$");
        twice.Error.Should().MatchRegex(Request).And.Contain("info  The cluster is ");
        apart.Error.Should().MatchRegex(Request);
        new[] { once, twice, apart }.Should().OnlyContain(run => run.ExitCode == ExitCode.Done && run.Out == without.Out);
    }

    [Fact]
    public async Task A_run_logs_how_it_ended_and_each_of_its_writes()
    {
        await using var cluster = await StartAsync();

        var run = await cluster.RunAsync(["drain", "worker-1", "-vv"], "y\n", live: true);

        run.ExitCode.Should().Be(ExitCode.Done, run.Error);
        run.Error.Should().MatchRegex(@"(?m)^\S+Z debug PATCH /api/v1/nodes/worker-1\S*: 200 after \d+ ms$")
            .And.MatchRegex(@"(?m)^\S+Z debug POST /api/v1/namespaces/default/pods/virt-launcher-moves-\w+/eviction\S*: 429 after \d+ ms$")
            .And.MatchRegex(@"(?m)^\S+Z info  Node worker-1: Node worker-1: .* done[.]$")
            .And.NotContain("\u001b", "lines of a log and a drawing do not mix");
    }

    [Fact]
    public async Task What_is_not_answered_is_logged_with_the_reason()
    {
        var kubeconfig = Path.GetTempFileName();
        await using (var cluster = await StartAsync())
        {
            await File.WriteAllTextAsync(kubeconfig, cluster.Simulated.Kubeconfig);
        }

        var run = await ToolRun.OfAsync("nodes", "-vv", "--kubeconfig", kubeconfig);

        run.ExitCode.Should().Be(ExitCode.Failed);
        run.Error.Should().MatchRegex(@"(?m)^\S+Z debug GET /api/v1/nodes\S*: no answer after \d+ ms: .*refused");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task No_secret_is_in_it()
    {
        await using var cluster = await StartAsync();
        cluster.ActAs(PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "ops", AccessControl.Masters));

        var run = await cluster.RunAsync("drain", "worker-1", "--yes", "-vv");

        run.ExitCode.Should().Be(ExitCode.Done);
        PlantedSecrets.FoundIn(run.Out + run.Error).Should().BeEmpty();
        cluster.Simulated.Requests.All.Should().Contain(request => PlantedSecrets.FoundIn(request.Authorization ?? "").Any(), "the search finds what was sent");
    }

    [Theory]
    [InlineData("nodes -v -q")]
    [InlineData("drain worker-1 --yes --quiet -vv")]
    public async Task Quiet_and_verbose_contradict_each_other(string commandLine)
    {
        var run = await ToolRun.OfAsync(commandLine.Split(' '));

        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().StartWith("--quiet and --verbose contradict each other.\n");
    }

    private static Task<ToolCluster> StartAsync() =>
        ToolCluster.StartAsync(builder => builder.WithVirtualMachine("moves", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true)));
}
