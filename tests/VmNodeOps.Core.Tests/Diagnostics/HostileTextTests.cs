using VmNodeOps.Tests.DependencyInjection;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Diagnostics;

/// <summary>What somebody writes into the cluster to fool whoever reads a terminal: cursor moves, colours, false lines, reversed text.</summary>
public sealed class HostileTextTests
{
    private const string Hostile = "fine\u001b[2K\u001b[32m\nSucceeded: all\r\u009b2J\u202Egnorw\u202C\u2066x\u2069\u0007";

    [Fact]
    public async Task Hostile_texts_stay_on_their_line_in_plan_report_and_log_and_are_escaped_in_JSON()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2").WithVirtualMachine("evil", machine => machine
            .On("worker-1").LiveMigrate().NotMigratable("HostDeviceNotLiveMigratable", Hostile)));
        using var log = new ListLoggerProvider();
        using var factory = new Microsoft.Extensions.Logging.LoggerFactory([log]);
        var runner = new MaintenanceRunner(scene.Client, scene.Time, Microsoft.Extensions.Logging.LoggerFactoryExtensions.CreateLogger<MaintenanceRunner>(factory));
        var maintenance = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

        var plan = await runner.PlanAsync(maintenance);
        var report = await runner.RunAsync(maintenance);

        var texts = new[] { plan.ToText(), report.ToText(), string.Join('\n', log.Lines) };
        string.Concat(texts).Should().Contain("fine\uFFFD[2K", "the text is shown, made harmless");
        foreach (var text in texts)
        {
            text.Should().NotContainAny("\u001b", "\r", "\u009b", "\u202E", "\u202C", "\u2066", "\u2069", "\u0007");
            text.Split('\n').Should().NotContain(line => line.StartsWith("Succeeded: all", StringComparison.Ordinal), "nobody can write a line of ours");
        }

        foreach (var json in new[] { plan.ToJson(), report.ToJson() })
        {
            json.Should().NotContainAny("\u001b", "\r", "\u009b", "\u202E", "\u202C", "\u2066", "\u2069", "\u0007");
        }

        plan.ToJson().Should().Contain("\\u001B[2K").And.Contain("\\u202E");
    }

    [Fact]
    public void Every_unfit_character_is_replaced_and_ordinary_text_is_not()
    {
        foreach (var unfit in Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0x202A, 5)).Concat(Enumerable.Range(0x2066, 4)))
        {
            Printable.Line($"a{(char)unfit}b").Should().Be("a\uFFFDb");
        }

        Printable.Text("a\n\tb").Should().Be("a\n\tb");
        Printable.Line("Knoten 1 → 2, größer ✓").Should().Be("Knoten 1 → 2, größer ✓");
    }
}
