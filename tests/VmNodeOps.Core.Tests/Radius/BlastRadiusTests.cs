using NSubstitute;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Radius;

/// <summary>When a recovery is held back because the trouble is greater than one node, or somebody else is at work.</summary>
public sealed class BlastRadiusTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10, 1, false)]
    [InlineData(10, 2, false)] // A fifth is not more than a fifth.
    [InlineData(10, 3, true)]
    [InlineData(9, 2, true)]
    [InlineData(3, 1, false)] // A third, but only one.
    [InlineData(1, 1, false)]
    public void Too_many_are_more_than_one_and_more_than_a_fifth(int total, int down, bool isRefused) =>
        Judge(Cluster(total, down)).Any(finding => finding.Code == "ManyNodesDown").Should().Be(isRefused);

    [Fact]
    public void What_looks_like_a_network_names_the_nodes_that_nobody_named()
    {
        var finding = Judge(Cluster(10, 4), options => options with { NamedTogether = ["node-2"] }).Should().ContainSingle().Subject;

        finding.Severity.Should().Be(FindingSeverity.Refusal);
        finding.Message.Should().Contain("4 of 10 nodes").And.Contain("node-3, node-4.").And.NotContain("node-2");
        finding.Lift.Should().Contain("--together-with").And.Contain("--even-if-many-nodes-are-down");
    }

    [Fact]
    public void Nodes_that_are_all_named_in_one_request_are_no_surprise() =>
        Judge(Cluster(10, 4), options => options with { NamedTogether = ["node-2", "node-3", "node-4"] }).Should().BeEmpty();

    [Fact]
    public void Nodes_that_went_down_at_another_time_do_not_count()
    {
        var nodes = Cluster(10, 4).Select(node => node.Name.Name is "node-2" or "node-3" or "node-4" ? Down(node.Name.Name, Now.AddHours(-1)) : node).ToList();

        Judge(nodes).Should().BeEmpty();
    }

    [Fact]
    public void Nodes_that_fell_silent_together_count_however_long_ago()
    {
        var nodes = Cluster(10, 0).Select(node => node.Name.Name is "node-1" or "node-2" or "node-3" ? Down(node.Name.Name, Now.AddDays(-1)) : node).ToList();

        Judge(nodes).Should().ContainSingle(finding => finding.Code == "ManyNodesDown");
    }

    [Fact]
    public void Each_override_by_its_own_name_makes_a_warning_of_it()
    {
        var nodes = Cluster(10, 4);
        nodes[0] = nodes[0] with
        {
            Labels = new Dictionary<string, string> { ["node-role.kubernetes.io/control-plane"] = "" },
            Taints = [new Taint { Key = "medik8s.io/remediation", Value = "self-node-remediation", Effect = "NoExecute" }],
        };

        Judge(nodes).Should().HaveCount(3).And.OnlyContain(finding => finding.Severity == FindingSeverity.Refusal);
        Refusals(options => options with { EvenIfManyNodesAreDown = true }).Should().Equal("LastControlPlaneNode", "AnotherActor");
        Refusals(options => options with { EvenIfLastControlPlaneNode = true }).Should().Equal("ManyNodesDown", "AnotherActor");
        Refusals(options => options with { EvenIfAnotherActorIsAtWork = true }).Should().Equal("ManyNodesDown", "LastControlPlaneNode");

        IEnumerable<string> Refusals(Func<BlastRadiusOptions, BlastRadiusOptions> change) =>
            Judge(nodes, change).Where(finding => finding.Severity == FindingSeverity.Refusal).Select(finding => finding.Code);
    }

    [Fact]
    public void A_control_plane_node_is_not_the_last_while_another_is_Ready()
    {
        var nodes = Cluster(10, 1);
        nodes[0] = nodes[0] with { Labels = ControlPlane };
        nodes[1] = nodes[1] with { Labels = ControlPlane };

        Judge(nodes).Should().BeEmpty();
        nodes[1] = Down("node-2", Now.AddDays(-1)) with { Labels = ControlPlane };
        Judge(nodes).Should().ContainSingle(finding => finding.Code == "LastControlPlaneNode");
    }

    [Theory]
    [InlineData("harvesterhci.io/maintain-status", "Harvester")]
    [InlineData("weave.works/kured-reboot-in-progress", "kured")]
    public void Marks_of_other_actors_are_named(string annotation, string who)
    {
        var nodes = Cluster(5, 1);
        nodes[0] = nodes[0] with { Annotations = new Dictionary<string, string> { [annotation] = "running" } };

        Judge(nodes).Should().ContainSingle(finding => finding.Code == "AnotherActor").Which.Message.Should().Contain(annotation).And.Contain(who);
    }

    [Fact]
    public async Task A_remediation_that_names_the_node_holds_the_recovery_back_and_all_nodes_are_listed_once()
    {
        var cluster = Substitute.For<IClusterClient>();
        var nodes = Cluster(5, 1);
        Page<Node>[] pages = [new() { Items = nodes, IsLast = true }];
        cluster.Nodes.ListPagesAsync(Arg.Any<Selection>(), Arg.Any<int?>(), Arg.Any<CancellationToken>()).Returns(pages.ToAsyncEnumerable());
        var right = new AccessQuestion { Verb = "list", Group = "self-node-remediation.medik8s.io", Resource = "selfnoderemediations" };
        cluster.Remediations.ListAsync(Arg.Any<CancellationToken>()).Returns(new RemediationListing
        {
            Items = [Remediating("node-1"), Remediating("node-2")], Rights = [right],
        });
        var context = new PlanningContext(nodes[0], new ClusterReads(cluster), new MaintenanceOptions(), new Handover(), Now);
        var step = new CheckBlastRadiusStep(new BlastRadiusOptions());

        var plan = await step.PlanAsync(context, default);
        await step.PlanAsync(context, default);

        plan.Findings.Should().ContainSingle(finding => finding.Code == "AnotherActor" && finding.Severity == FindingSeverity.Refusal)
            .Which.Message.Should().Contain("SelfNodeRemediation medik8s/node-1");
        plan.Rights.Should().Contain(right);
        await cluster.Nodes.ReceivedWithAnyArgs(1).ListPagesAsync(Selection.All).ToListAsync();
    }

    private static Dictionary<string, string> ControlPlane { get; } = new() { ["node-role.kubernetes.io/control-plane"] = "" };

    private static Remediation Remediating(string node) =>
        new() { Name = new ObjectName("medik8s", node), Uid = $"uid-{node}", Kind = "SelfNodeRemediation", NodeName = node };

    [Fact]
    public async Task Of_many_nodes_only_those_are_kept_that_tell_something_and_all_are_counted()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes(Enumerable.Range(1, 120).Select(number => $"node-{number}")));
        await scene.CrashAsync("node-1");

        var seen = await NodesSeen.ListAsync(scene.Client.Nodes, new ObjectName("node-77"), Now, default);

        seen.Count.Should().Be(scene.Cluster.Objects.List("nodes").Count);
        seen.Telling.Where(node => !node.IsControlPlane).Select(node => node.Name.Name).Should().BeEquivalentTo("node-1", "node-77");
    }

    private static List<Finding> Judge(List<Node> nodes, Func<BlastRadiusOptions, BlastRadiusOptions>? change = null)
    {
        var options = new BlastRadiusOptions();
        return [.. new VmNodeOps.BlastRadius(change?.Invoke(options) ?? options).Judge(nodes[0], new NodesSeen(nodes, nodes.Count, Now), Now)];
    }

    private static List<Node> Cluster(int total, int down) =>
        [.. Enumerable.Range(1, total).Select(number => number <= down ? Down($"node-{number}", Now.AddMinutes(-number)) : NodeOf($"node-{number}", ConditionStatus.True, Now.AddDays(-9)))];

    private static Node Down(string name, DateTimeOffset since) => NodeOf(name, ConditionStatus.Unknown, since);

    private static Node NodeOf(string name, ConditionStatus ready, DateTimeOffset since) =>
        new() { Name = new ObjectName(name), Uid = $"uid-{name}", BootId = "boot", Conditions = [new Condition { Type = "Ready", Status = ready, LastTransitionAt = since }] };
}
