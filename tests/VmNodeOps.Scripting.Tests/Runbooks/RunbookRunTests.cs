using Microsoft.Extensions.DependencyInjection;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;

namespace VmNodeOps.Scripting.Tests.Runbooks;

public sealed class RunbookRunTests
{
    [Fact]
    public async Task A_step_of_the_embedding_program_is_used_like_ours_with_options_and_services()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        await using var provider = Services(cluster).BuildServiceProvider();
        var runbook = Runbook.Parse(
            """
            runbook: 1
            name: power
            variables: { outlet: {} }
            nodes: [worker-1]
            steps:
              - cordon
              - power-off: { outlet: "${outlet}", grace: 5s }
              - uncordon
            """,
            registry: provider.GetRequiredService<StepRegistry>());

        var report = await provider.GetRequiredService<RunbookRunner>().RunAsync(runbook.Bind(new Dictionary<string, string> { ["outlet"] = "rack 4, 12" }));

        report.ExitCode.Should().Be(ExitCode.Done);
        provider.GetRequiredService<Outlets>().Switched.Should().Equal("worker-1 by rack 4, 12 after 00:00:05");
        provider.GetRequiredService<StepRegistry>().ToJsonSchema().Should().Contain("\"power-off\"").And.Contain("\"outlet\"").And.Contain("\"bmc\"");
    }

    [Fact]
    public async Task A_source_of_evidence_of_the_embedding_program_is_called_by_its_name()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        await using var provider = Services(cluster).BuildServiceProvider();
        var runbook = Runbook.Parse(
            "runbook: 1\nname: x\nnodes: worker-1\nsteps: [{ confirm-down: { evidence: { source: bmc } } }]", registry: provider.GetRequiredService<StepRegistry>()).Bind();
        cluster.Simulated.CrashNode("worker-1");
        await cluster.Simulated.Time.AdvanceAsync(TimeSpan.FromSeconds(60));

        var plan = (await provider.GetRequiredService<RunbookRunner>().PlanAsync(runbook)).Single();

        plan.ToText().Should().Contain("operator bmc");
        FluentActions.Invoking(() => Runbook.Parse("runbook: 1\nname: x\nnodes: a\nsteps: [{ confirm-down: { evidence: { source: bcm } } }]", registry: provider.GetRequiredService<StepRegistry>()))
            .Should().Throw<RunbookException>().WithMessage("*there is no source of evidence 'bcm'. Did you mean 'bmc'? There are: bmc.");
    }

    [Theory]
    [InlineData("stop", new[] { "worker-1" }, ExitCode.Failed, true)]
    [InlineData("continue", new[] { "worker-1", "worker-2", "worker-3" }, ExitCode.DoneInPart, true)]
    [InlineData("undo", new[] { "worker-1" }, ExitCode.Failed, false)]
    public async Task When_a_node_fails_the_others_go_on_or_not_and_it_is_put_back_or_not(string onFailure, string[] begun, ExitCode exitCode, bool cordoned)
    {
        await using var cluster = await ScriptCluster.StartAsync();
        using var connected = Connect(cluster);
        var registry = StepRegistry.BuiltIn.With(StepDefinition.Create("fail-once", "Fails on worker-1.", it => it.ThenCall(
            "fail-once", (context, _) => context.Node.Planned.Name.Name == "worker-1" ? throw new InvalidOperationException("burnt") : Task.CompletedTask)));
        var runbook = Runbook.Parse($"runbook: 1\nname: x\nnodes: [worker-1, worker-2, worker-3]\nonFailure: {onFailure}\nsteps: [cordon, fail-once, uncordon]", registry: registry).Bind();

        var report = await new RunbookRunner(new MaintenanceRunner(connected, cluster.Simulated.Time)).RunAsync(runbook);

        report.Nodes.Where(node => node.Report is not null).Select(node => node.NodeName).Should().Equal(begun);
        report.ExitCode.Should().Be(exitCode);
        (await connected.Nodes.FindAsync(new ObjectName("worker-1")))!.Unschedulable.Should().Be(cordoned);
        report.Nodes.Where(node => node.Report is null && !node.Message.Contains("worker-1 did not succeed")).Should().BeEmpty();
        report.ToJson().Should().Contain("\"schemaVersion\": 1");
    }

    [Fact]
    public async Task No_more_nodes_are_under_way_at_once_than_was_said()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        using var connected = Connect(cluster);
        var (now, most) = (0, 0);
        var registry = StepRegistry.BuiltIn.With(StepDefinition.Create("count", "Counts.", it => it.ThenCall("count", async (context, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(TimeSpan.FromSeconds(1), context.Time, token);
            Interlocked.Decrement(ref now);
        })));
        var runbook = Runbook.Parse("runbook: 1\nname: x\nnodes: worker-1, worker-2, worker-3\nparallel: 2\nsteps: [count]", registry: registry).Bind();

        var report = await new RunbookRunner(new MaintenanceRunner(connected, cluster.Simulated.Time)).RunAsync(runbook);

        report.Succeeded.Should().BeTrue(report.ToText());
        most.Should().Be(2);
    }

    [Fact]
    public async Task A_node_that_is_not_there_does_not_hide_what_the_others_did()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        using var connected = Connect(cluster);
        var runbook = Runbook.Parse("runbook: 1\nname: x\nnodes: worker-1, worker-9\nsteps: [cordon]").Bind();

        var report = await new RunbookRunner(new MaintenanceRunner(connected, cluster.Simulated.Time)).RunAsync(runbook);

        report.ExitCode.Should().Be(ExitCode.DoneInPart);
        report.ToText().Should().Contain("Succeeded: Node worker-1").And.Contain("There is no node 'worker-9'");
    }

    [Fact]
    public async Task A_cancelled_runbook_reports_and_begins_nothing_more()
    {
        await using var cluster = await ScriptCluster.StartAsync();
        using var connected = Connect(cluster);
        using var cancellation = new CancellationTokenSource();
        var registry = StepRegistry.BuiltIn.With(StepDefinition.Create("cancel", "Cancels.", it => it.ThenCall("cancel", async (_, token) =>
        {
            await cancellation.CancelAsync();
            token.ThrowIfCancellationRequested();
        })));
        var runbook = Runbook.Parse("runbook: 1\nname: x\nnodes: worker-1, worker-2\nonFailure: continue\nsteps: [cordon, cancel]", registry: registry).Bind();

        var report = await new RunbookRunner(new MaintenanceRunner(connected, cluster.Simulated.Time)).RunAsync(runbook, cancellationToken: cancellation.Token);

        report.ExitCode.Should().Be(ExitCode.Cancelled);
        report.Nodes.Select(node => node.Report?.Result).Should().Equal(MaintenanceResult.Cancelled, null);
    }

    [Fact]
    public void Values_that_do_not_fit_are_told_where_they_are_used()
    {
        var runbook = Runbook.Parse("runbook: 1\nname: x\nvariables: { n: {}, t: {} }\nnodes: ${n}\nsteps:\n  - drain: { stuckAfter: \"${t}\" }");

        FluentActions.Invoking(() => runbook.Bind(new Dictionary<string, string> { ["n"] = "worker-1", ["t"] = "soon" }))
            .Should().Throw<RunbookException>().WithMessage("runbook.yaml:6:26: drain.stuckAfter is a time such as 90s, 30m or 1h30m, not 'soon' (from ${t}).");
        FluentActions.Invoking(() => runbook.Bind(new Dictionary<string, string> { ["n"] = "worker-1", ["t"] = "5m", ["m"] = "x" }))
            .Should().Throw<RunbookException>().WithMessage("runbook.yaml:1:1: the runbook has no variable 'm'. Did you mean 'n'? It has: n, t.");
        runbook.Bind(new Dictionary<string, string> { ["n"] = "worker-1, worker-2", ["t"] = "5m" }).Maintenances.Should().HaveCount(2);
    }

    /// <summary>What only code can say is left out of runbooks, and this is all of it: a new option that cannot be written shows here.</summary>
    [Fact]
    public void Every_option_that_can_be_written_is_known_to_runbooks()
    {
        var left = from step in StepRegistry.BuiltIn.Steps
                   let options = step.Options
                   where options is not null
                   from property in options.Type.GetProperties()
                   where property.SetMethod is { IsPublic: true } && options.Members.All(member => member.Property != property)
                   select $"{step.Name}.{property.Name}";

        left.Should().BeEquivalentTo(["drain.LeaveAlone", "graceful-shutdown.LeaveAlone"]);
    }

    /// <summary>
    /// A step of the library that no runbook can name shows here. Fence devices are objects of a program, which registers steps for them; the others come with graceful-shutdown and
    /// return-to-service and mean nothing alone.
    /// </summary>
    [Fact]
    public void Every_step_of_the_library_is_a_word_of_runbooks()
    {
        var names = from type in typeof(IMaintenanceStep).Assembly.GetTypes()
                    where type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IMaintenanceStep)) && type.Name != "HookStep"
                    select ((IMaintenanceStep)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)).Name;

        names.Except(StepRegistry.BuiltIn.Steps.Select(step => step.Name)).Should().BeSubsetOf(
            ["fence", "power-on", "check-device", "shut-down", "start-elsewhere", "stay-empty", "wait-for-virt-handler", "bring-back", "start-machines", "put-back-in-service"]);
    }

    private static KubernetesCluster Connect(ScriptCluster cluster) =>
        KubernetesCluster.FromKubeConfig(cluster.Kubeconfig, options: new() { TimeProvider = cluster.Simulated.Time });

    private static ServiceCollection Services(ScriptCluster cluster)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(cluster.Simulated.Time);
        services.AddNodeMaintenance(options => options.Kubeconfig = cluster.Kubeconfig);
        services.AddSingleton<Outlets>();
        services.AddRunbookStep<PowerOffOptions>("power-off", "Switches an outlet off.", (provider, options) => new PowerOff(provider.GetRequiredService<Outlets>(), options));
        services.AddRunbookEvidence("bmc", _ => Evidence.OperatorConfirms("bmc", "it says off"));
        return services;
    }

    internal sealed class Outlets
    {
        public List<string> Switched { get; } = [];
    }

    internal sealed record PowerOffOptions
    {
        public required string Outlet { get; init; }

        public TimeSpan Grace { get; init; }
    }

    internal sealed class PowerOff(Outlets outlets, PowerOffOptions options) : IMaintenanceStep
    {
        public string Name => "power-off";

        public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new StepPlan { Step = Name, Actions = [new() { Kind = ActionKind.Other, What = "switch off", Why = "it was asked for" }] });

        public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
        {
            outlets.Switched.Add($"{context.Node.Planned.Name} by {options.Outlet} after {options.Grace}");
            return Task.FromResult(StepOutcome.Succeeded("off"));
        }
    }
}
