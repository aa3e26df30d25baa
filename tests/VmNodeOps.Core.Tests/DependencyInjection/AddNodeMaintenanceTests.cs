using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Execution;

namespace VmNodeOps.Tests.DependencyInjection;

public sealed class AddNodeMaintenanceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ServiceCollection _services = new();

    [Fact]
    public async Task A_runner_runs_with_the_configured_options_and_a_run_can_say_otherwise()
    {
        var seen = new List<MaintenanceOptions>();
        var maintenance = NodeMaintenance.OnNode("worker-3").Then(new TestStep("look", (context, _) => Look(context, seen)));
        _services.AddSingleton(new ScriptedCluster(_time).Client);
        _services.AddNodeMaintenance(Section("""{ "Maintenance": { "Timeout": "00:20:00", "MaxParallelism": 4, "OnFailure": "Undo" } }"""));
        await using var provider = _services.BuildServiceProvider();
        var runner = provider.GetRequiredService<INodeMaintenanceRunner>();

        await runner.RunAsync(maintenance);
        await runner.RunAsync(maintenance.With(options => options with { Timeout = TimeSpan.FromMinutes(5) }));

        var configured = new MaintenanceOptions { Timeout = TimeSpan.FromMinutes(20), MaxParallelism = 4, OnFailure = UndoPolicy.Undo };
        seen.Should().Equal(configured, configured with { Timeout = TimeSpan.FromMinutes(5) });
    }

    [Fact]
    public void Several_clusters_are_keyed_services_with_options_of_their_own()
    {
        var (east, west) = (Substitute.For<IClusterClient>(), Substitute.For<IClusterClient>());
        _services.AddKeyedSingleton("east", east);
        _services.AddKeyedSingleton("west", west);
        _services.AddNodeMaintenance("east", Section("""{ "Context": "admin@east", "Maintenance": { "Timeout": "00:20:00" } }"""));
        _services.AddNodeMaintenance("west", options => options.Kubeconfig = "/etc/west.yaml");
        using var provider = _services.BuildServiceProvider();

        var runners = new[] { "east", "west" }.Select(name => provider.GetRequiredKeyedService<INodeMaintenanceRunner>(name)).ToList();

        runners.Should().OnlyHaveUniqueItems();
        var options = provider.GetRequiredService<IOptionsMonitor<ClusterConnectionOptions>>();
        options.Get("east").Should().BeEquivalentTo(
            new ClusterConnectionOptions { Context = "admin@east", Maintenance = new MaintenanceOptions { Timeout = TimeSpan.FromMinutes(20) } });
        options.Get("west").Should().BeEquivalentTo(new ClusterConnectionOptions { Kubeconfig = "/etc/west.yaml" });
        provider.GetService<INodeMaintenanceRunner>().Should().BeNull("no cluster was registered without a name");
    }

    [Fact]
    public void A_cluster_is_opened_with_its_own_kubeconfig_and_context()
    {
        var kubeconfig = Path.GetTempFileName();
        File.WriteAllText(kubeconfig, """
            apiVersion: v1
            kind: Config
            current-context: west
            clusters:
            - { name: east, cluster: { server: "https://east.example:6443" } }
            - { name: west, cluster: { server: "https://west.example:6443" } }
            users:
            - { name: ops, user: { token: secret } }
            contexts:
            - { name: east, context: { cluster: east, user: ops } }
            - { name: west, context: { cluster: west, user: ops } }
            """);
        _services.AddNodeMaintenance("east", options => (options.Kubeconfig, options.Context) = (kubeconfig, "east"));
        _services.AddNodeMaintenance(options => options.Kubeconfig = kubeconfig);
        using var provider = _services.BuildServiceProvider();

        var clusters = new[] { provider.GetRequiredKeyedService<IClusterClient>("east"), provider.GetRequiredService<IClusterClient>() };

        clusters.Select(cluster => cluster.ToString()![.."https://east.example:6443".Length])
            .Should().Equal("https://east.example:6443", "https://west.example:6443");
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task The_runner_takes_clock_and_log_from_the_container()
    {
        var log = new ListLoggerProvider();
        var cluster = new ScriptedCluster(_time);
        _services.AddSingleton(cluster.Client).AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(log)).AddNodeMaintenance();
        await using var provider = _services.BuildServiceProvider();

        var report = await provider.GetRequiredService<INodeMaintenanceRunner>().RunAsync(NodeMaintenance.OnNode("worker-3").Cordon());

        report.StartedAt.Should().Be(_time.GetUtcNow());
        log.Lines.Should().Contain(line => line.StartsWith("VmNodeOps.MaintenanceRunner") && line.Contains("worker-3"));
    }

    [Theory]
    [InlineData("""{ "Maintenance": { "Timeout": "-00:20:00" } }""", "Timeout*-00:20:00*longer than nothing")]
    [InlineData("""{ "Maintenance": { "Timeout": "90.00:00:00" } }""", "24 days at most")]
    [InlineData("""{ "Maintenance": { "MaxParallelism": 0 } }""", "MaxParallelism*at least one")]
    [InlineData("""{ "Context": " " }""", "Context of the cluster is empty")]
    [InlineData("""{ "Kubeconfig": "" }""", "Kubeconfig of the cluster is empty")]
    [InlineData("""{ "Maintenance": { "Timout": "00:20:00" } }""", "'Timout'")]
    [InlineData("""{ "Maintenance": { "OnFailure": "Panic" } }""", "Maintenance:OnFailure")]
    public async Task What_cannot_be_meant_stops_the_host_at_its_start(string section, string complaint)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddNodeMaintenance(Section(section));
        using var host = builder.Build();

        (await host.Invoking(it => it.StartAsync()).Should().ThrowAsync<Exception>()).Which.ToString().Should().Match($"*{complaint}*");
    }

    [Fact]
    public void A_section_that_is_not_there_is_not_taken_for_the_default_cluster()
    {
        _services.AddNodeMaintenance(Section("""{ "Context": "east" }""", "Nodes").GetSection("Missing"));
        using var provider = _services.BuildServiceProvider();

        provider.Invoking(it => it.GetRequiredService<IClusterClient>()).Should().Throw<OptionsValidationException>()
            .WithMessage("*no configuration section 'Nodes:Missing'*");
    }

    [Fact]
    public void A_registration_without_a_name_or_options_is_a_mistake_of_the_caller()
    {
        _services.Invoking(it => it.AddNodeMaintenance(" ", _ => { })).Should().Throw<ArgumentException>();
        _services.Invoking(it => it.AddNodeMaintenance((IConfiguration)null!)).Should().Throw<ArgumentNullException>();
        _services.Invoking(it => it.AddNodeMaintenance("east", (Action<ClusterConnectionOptions>)null!)).Should().Throw<ArgumentNullException>();
    }

    private static Task<StepOutcome> Look(StepContext context, List<MaintenanceOptions> seen)
    {
        seen.Add(context.Options);
        return Task.FromResult(StepOutcome.Succeeded("looked"));
    }

    private static IConfigurationSection Section(string json, string name = "Cluster")
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "{{name}}": {{json}} }"""));
        return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection(name);
    }
}
