using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Secrets;

namespace VmNodeOps.Tool.Tests.Secrets;

/// <summary>What the tool says, in each of its forms, with a planted token and a planted key: never them.</summary>
public sealed class ToolSecretsTests
{
    private readonly List<(string Command, ToolRun Run)> _runs = [];

    [Theory]
    [InlineData("token", "text")]
    [InlineData("token", "json")]
    [InlineData("token", "jsonl")]
    [InlineData("key", "text")]
    [InlineData("key", "jsonl")]
    public async Task Nothing_that_a_maintained_node_makes_the_tool_say_holds_them(string credential, string form)
    {
        await using var cluster = await StartAsync();
        cluster.ActAs(credential == "token"
            ? PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "ops", AccessControl.Masters)
            : PlantedSecrets.KubeconfigWithKey(cluster.Simulated, "ops", AccessControl.Masters));

        await RunAsync(cluster, ExitCode.Done, "nodes", "-o", form);
        await RunAsync(cluster, ExitCode.Done, "vms", "worker-1", "-o", form);
        await RunAsync(cluster, ExitCode.Done, "plan", "drain", "worker-1", "-o", form);
        await RunAsync(cluster, ExitCode.Done, "drain", "worker-1", "--yes", "-o", form);
        await RunAsync(cluster, ExitCode.Done, "return", "worker-1", "-o", form);
        await cluster.CrashAsync("worker-2");
        await RunAsync(cluster, ExitCode.Done, "recover", "worker-2", "--yes", "--confirmed-by", "ops@example.com", "--reason", "rack power off", "-o", form);
        cluster.Simulated.PowerOnNode("worker-2");
        await RunAsync(cluster, ExitCode.Done, "return", "worker-2", "-o", form);

        cluster.Simulated.Requests.All.Should().Contain(request => request.User == "ops");
        cluster.Simulated.Requests.All.Any(request => PlantedSecrets.FoundIn(request.Authorization ?? "").Any()).Should().Be(credential == "token", "the search finds what was sent");
        NothingIsFound();
    }

    [Fact]
    public async Task Nothing_that_goes_wrong_makes_the_tool_say_them()
    {
        await using var cluster = await StartAsync();
        cluster.ActAs(PlantedSecrets.KubeconfigWithUnknownToken(cluster.Simulated));
        await RunAsync(cluster, ExitCode.NotPermitted, "drain", "worker-1", "--yes");
        cluster.ActAs(PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "nobody"));
        await RunAsync(cluster, ExitCode.NotPermitted, "drain", "worker-1", "--yes");
        var plugin = Path.GetTempFileName();
        await File.WriteAllTextAsync(plugin, $"#!/bin/sh\necho 'token {PlantedSecrets.Token}: over' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        cluster.ActAs(PlantedSecrets.KubeconfigWithPlugin(cluster.Simulated, plugin));
        await RunAsync(cluster, ExitCode.Usage, "drain", "worker-1", "--yes");
        File.Delete(plugin);
        foreach (var good in new[]
        {
            PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "ops", AccessControl.Masters), PlantedSecrets.KubeconfigWithKey(cluster.Simulated, "ops", AccessControl.Masters),
        })
        {
            cluster.ActAs(good.Replace(cluster.Simulated.Address.Authority, "127.0.0.1:1", StringComparison.Ordinal));
            await RunAsync(cluster, ExitCode.Failed, "drain", "worker-1", "--yes");
            cluster.ActAs(good.Replace(cluster.Simulated.Address.Authority, cluster.Simulated.Address.Authority.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal), StringComparison.Ordinal));
            await RunAsync(cluster, ExitCode.Failed, "drain", "worker-1", "--yes");
        }

        cluster.ActAs(PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "ops", AccessControl.Masters));
        using var cancellation = new CancellationTokenSource();
        using var rule = cluster.Simulated.Faults.Add(new FaultRule
        {
            Resource = "pods",
            Subresource = "eviction",
            Effect = FaultEffect.Choose(_ =>
            {
                cancellation.Cancel();
                return null;
            }),
        });
        var cancelled = await cluster.RunAsync(["drain", "worker-1", "--yes"], answers: null, cancellationToken: cancellation.Token);

        cancelled.ExitCode.Should().Be(ExitCode.Cancelled);
        _runs.Add(("cancelled drain", cancelled));
        NothingIsFound();
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_makes_the_tool_say_neither()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => builder with { Certificate = ServerCertificateKind.OtherAuthority });
        foreach (var kubeconfig in new[]
        {
            PlantedSecrets.KubeconfigWithToken(cluster.Simulated, "ops", AccessControl.Masters), PlantedSecrets.KubeconfigWithKey(cluster.Simulated, "ops", AccessControl.Masters),
        })
        {
            cluster.ActAs(kubeconfig);
            await RunAsync(cluster, ExitCode.Failed, "drain", "worker-1", "--yes");
        }

        cluster.Simulated.Requests.All.Should().BeEmpty();
        NothingIsFound();
    }

    private static Task<ToolCluster> StartAsync() => ToolCluster.StartAsync(builder => builder
        .WithVirtualMachine("moves", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true))
        .WithVirtualMachine("restarts", machine => machine.On("worker-2").WithDisk()));

    private async Task RunAsync(ToolCluster cluster, ExitCode expected, params string[] arguments)
    {
        var run = await cluster.RunAsync(arguments);
        _runs.Add((string.Join(' ', arguments), run));
        (run.Out + run.Error).Should().NotBeEmpty();
        run.ExitCode.Should().Be(expected, $"{arguments[0]}: {(PlantedSecrets.FoundIn(run.Out + run.Error).Any() ? "(holds a secret)" : run.Out + run.Error)}");
    }

    private void NothingIsFound() => _runs
        .SelectMany(run => PlantedSecrets.FoundIn(run.Run.Out + run.Run.Error).Select(line => $"{run.Command}: line {line} of planted-secrets.txt"))
        .Should().BeEmpty();
}
