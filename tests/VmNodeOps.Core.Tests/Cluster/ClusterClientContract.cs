using VmNodeOps.Cluster;
using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Cluster;

/// <summary>What every <see cref="IClusterClient"/> must do, whatever goes wrong on the way. Run against each implementation and each kind of trouble.</summary>
public abstract class ClusterClientContract(ContractCluster fixture)
{
    private IClusterClient Client => fixture.Client;

    private SimulatedCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task The_server_tells_its_version_and_time()
    {
        var version = await Client.Server.GetVersionAsync();
        var time = await Client.Server.GetTimeAsync();

        version.Text.Should().Be(Cluster.KubernetesVersion);
        version.Major.Should().Be(1);
        time.Should().BeCloseTo(Cluster.Time.GetUtcNow(), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task A_missing_object_is_null_and_one_that_is_there_is_whole()
    {
        (await Client.Nodes.FindAsync(new ObjectName("no-such-node"))).Should().BeNull();
        (await Client.Pods.FindAsync(new ObjectName("no-such-namespace", "p"))).Should().BeNull();
        var node = await Client.Nodes.FindAsync(new ObjectName("1.1.1.211"));

        node!.Uid.Should().Be(fixture.Uid("nodes", "1.1.1.211", null));
        node.Ready.Should().Be(ConditionStatus.True);
        node.BootId.Should().Be(Cluster.Host("1.1.1.211").BootId);
    }

    [Fact]
    public async Task Lists_are_sorted_and_whole()
    {
        var pods = await Client.Pods.ListAsync(Selection.All);
        var names = Cluster.Objects.List("pods").Select(pod => new ObjectName((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!));

        pods.Items.Select(pod => pod.Name).Should().BeInAscendingOrder().And.Contain(names.Where(name => name.Namespace == "kubevirt"));
        (await Client.Nodes.ListAsync(Selection.All)).Items.Select(node => node.Name.Name).Should().Equal("1.1.1.21", "1.1.1.211", "node-1");
    }

    [Fact]
    public async Task Pages_are_together_what_the_list_is_and_reading_them_may_end_with_any()
    {
        var pages = await Client.Nodes.ListPagesAsync(Selection.All, firstPageSize: 2).ToListAsync();
        var first = await Client.Nodes.ListPagesAsync(Selection.All).FirstAsync();

        pages.SelectMany(page => page.Items).Select(node => node.Name.Name).Should().Equal("1.1.1.21", "1.1.1.211", "node-1");
        pages.SkipLast(1).Should().OnlyContain(page => !page.IsLast);
        pages[^1].IsLast.Should().BeTrue();
        pages.Should().OnlyContain(page => !page.BeginsAnew, "the server keeps the moment as long as that");
        first.Items.Should().NotBeEmpty();
        (await Client.VolumeAttachments.ListPagesAsync(Selection.OnNode("node-1")).ToListAsync()).Should().ContainSingle().Which.Items.Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_selected_by_node_label_name_or_namespace_is_no_more_and_no_less()
    {
        var onNode = await Client.Pods.ListAsync(new Selection { NodeName = "node-1", Labels = "kubevirt.io=virt-launcher" });
        var byName = await Client.VirtualMachines.ListAsync(Selection.Named(new ObjectName("default", "stays")));
        var byLabel = await Client.VirtualMachineInstances.ListAsync(new Selection { Labels = "tier in (data)" });
        var elsewhere = await Client.VirtualMachines.ListAsync(Selection.InNamespace("kubevirt"));
        var instances = await Client.VirtualMachineInstances.ListAsync(Selection.OnNode("1.1.1.211"));

        onNode.Items.Should().NotBeEmpty().And.OnlyContain(pod => pod.NodeName == "node-1");
        byName.Items.Should().ContainSingle();
        byLabel.Items.Select(instance => instance.Name.Name).Should().Equal("stays");
        elsewhere.Items.Should().BeEmpty();
        instances.Items.Should().OnlyContain(instance => instance.NodeName == "1.1.1.211");
    }

    [Fact]
    public async Task Attachments_are_sifted_by_node()
    {
        var all = await Client.VolumeAttachments.ListAsync(Selection.All);
        var here = await Client.VolumeAttachments.ListAsync(Selection.OnNode("node-1"));
        var nowhere = await Client.VolumeAttachments.ListAsync(Selection.OnNode("1.1.1.21"));

        all.Items.Should().ContainSingle();
        here.Items.Should().ContainSingle().Which.Should().Match<VolumeAttachment>(attachment => attachment.IsAttached && attachment.PersistentVolumeName != null);
        nowhere.Items.Should().BeEmpty();
    }

    [Fact]
    public async Task Machines_instances_claims_budgets_and_KubeVirt_are_told_in_the_ports_words()
    {
        var stays = new ObjectName("default", "stays");
        var machine = await Client.VirtualMachines.FindAsync(stays);
        var instance = await Client.VirtualMachineInstances.FindAsync(stays);
        var claims = await Client.PersistentVolumeClaims.ListAsync(Selection.InNamespace("default"));
        var budgets = await Client.DisruptionBudgets.ListAsync(Selection.InNamespace("default"));
        var kubeVirt = await Client.KubeVirtInstallations.ListAsync(Selection.All);

        machine.Should().Match<VirtualMachine>(told => told.RunStrategy == RunStrategy.Always && told.Created);
        instance.Should().Match<VirtualMachineInstance>(told => told.Phase == InstancePhase.Running && told.IsReady && !told.IsLiveMigratable &&
            told.NodeName == "node-1" && told.EvictionStrategy == EvictionStrategy.LiveMigrate);
        instance!.PersistentVolumeClaims.Should().Equal(claims.Items.Select(claim => claim.Name.Name));
        budgets.Items.Should().Contain(budget => budget.DisruptionsAllowed == 0 && budget.CurrentHealthy == 2);
        kubeVirt.Items.Should().ContainSingle().Which.Name.Namespace.Should().Be("kubevirt");
    }

    [Fact]
    public async Task A_node_is_changed_where_it_is_the_one_that_was_meant()
    {
        var node = (await Client.Nodes.FindAsync(new ObjectName("1.1.1.21")))!;

        var cordoned = await Client.Nodes.ChangeAsync(node.Identity, new NodeChange
        {
            Unschedulable = true,
            Labels = new Dictionary<string, string?> { ["example.org/l"] = "1" },
            Annotations = new Dictionary<string, string?> { ["example.org/a"] = "2" },
        });
        var tainted = await RetaintAsync(node.Name, taints => [.. taints, new Taint { Key = "example.org/t", Effect = "NoSchedule" }]);
        var stale = await Refused(() => Client.Nodes.ChangeAsync(node.Identity, new NodeChange { Taints = [], ResourceVersion = node.ResourceVersion }));
        var other = await Refused(() => Client.Nodes.ChangeAsync(new ObjectIdentity(node.Name, "another-uid"), new NodeChange { Unschedulable = false }));
        var back = await Client.Nodes.ChangeAsync(node.Identity, new NodeChange
        {
            Unschedulable = false,
            Labels = new Dictionary<string, string?> { ["example.org/l"] = null },
            Annotations = new Dictionary<string, string?> { ["example.org/a"] = null },
        });
        await RetaintAsync(node.Name, taints => [.. taints.Where(taint => taint.Key != "example.org/t")]);
        var tried = await Client.Nodes.ChangeAsync(node.Identity, new NodeChange { Unschedulable = true }, new WriteOptions { DryRun = true });

        cordoned.Should().Match<Node>(told => told.Unschedulable && told.Labels["example.org/l"] == "1" && told.Annotations["example.org/a"] == "2");
        tainted.Taints.Should().Contain(taint => taint.Key == "example.org/t");
        (stale.Cause, other.Cause).Should().Be((ClusterErrorCause.Conflict, ClusterErrorCause.Conflict));
        back.Should().Match<Node>(told => !told.Unschedulable && !told.Labels.ContainsKey("example.org/l") && !told.Annotations.ContainsKey("example.org/a"));
        tried.Unschedulable.Should().BeTrue();
        (await Client.Nodes.FindAsync(node.Name))!.Unschedulable.Should().BeFalse("a dry run stores nothing");
    }

    [Fact]
    public async Task An_eviction_gives_the_servers_answer_whatever_it_is()
    {
        var pod = fixture.CreatePod("evicted");
        var guarded = (await Client.Pods.ListAsync(new Selection { Labels = "app=web" })).Items[0];
        var launcher = (await Client.Pods.ListAsync(new Selection { Labels = "kubevirt.io=virt-launcher", NodeName = "node-1" })).Items
            .First(told => told.Name.Name.StartsWith("virt-launcher-stays", StringComparison.Ordinal));

        var tried = await Client.Pods.EvictAsync(pod.Identity, new DeletionOptions { DryRun = true });
        var other = await Client.Pods.EvictAsync(new ObjectIdentity(pod.Name, "another-uid"));
        var accepted = await Client.Pods.EvictAsync(pod.Identity);
        var missing = await Client.Pods.EvictAsync(new ObjectIdentity(new ObjectName("contract", "missing"), "u"));
        var budget = await Client.Pods.EvictAsync(guarded.Identity);
        var machine = await Client.Pods.EvictAsync(launcher.Identity);

        (tried.Accepted, accepted.Accepted).Should().Be((true, true));
        new[] { other, missing, budget, machine }.Select(answer => answer.Refusal!.Code).Should().Equal(409, 404, 429, 429);
        budget.Refusal!.Causes.Should().Contain(cause => cause.Reason == "DisruptionBudget");
        machine.Refusal!.Message.Should().EndWith("VMI stays is configured with an eviction strategy but is not live-migratable");
    }

    [Fact]
    public async Task A_pod_is_deleted_where_it_is_the_one_that_was_meant()
    {
        var pod = fixture.CreatePod("deleted");

        var other = await Refused(() => Client.Pods.DeleteAsync(new ObjectIdentity(pod.Name, "another-uid"), DeletionOptions.Force));
        await Client.Pods.DeleteAsync(pod.Identity, new DeletionOptions { DryRun = true, GracePeriod = TimeSpan.Zero });
        (await Client.Pods.FindAsync(pod.Name)).Should().NotBeNull();
        await Client.Pods.DeleteAsync(pod.Identity, DeletionOptions.Force);
        var again = await Refused(() => Client.Pods.DeleteAsync(pod.Identity, DeletionOptions.Force));

        (other.Cause, again.Cause).Should().Be((ClusterErrorCause.Conflict, ClusterErrorCause.NotFound));
        (other.MayHaveBeenApplied, again.MayHaveBeenApplied).Should().Be((false, false));
        (await Client.Pods.FindAsync(pod.Name)).Should().BeNull();
    }

    [Fact]
    public async Task A_lease_that_somebody_renewed_is_not_deleted_at_the_version_before()
    {
        var draft = new LeaseDraft
        {
            Name = new ObjectName("default", $"lock-{Guid.NewGuid():N}"),
            HolderIdentity = "me",
            Duration = TimeSpan.FromMinutes(1),
            AcquiredAt = await Client.Server.GetTimeAsync(),
        };
        var made = await Client.Leases.CreateAsync(draft);
        var renewed = await Client.Leases.ReplaceAsync(made with { HolderIdentity = "you" });

        var late = await Refused(() => Client.Leases.DeleteAsync(made.Identity, new DeletionOptions { ResourceVersion = made.ResourceVersion }));
        await Client.Leases.DeleteAsync(renewed.Identity, new DeletionOptions { ResourceVersion = renewed.ResourceVersion });

        late.Cause.Should().Be(ClusterErrorCause.Conflict);
        (await Client.Leases.FindAsync(draft.Name)).Should().BeNull();
    }

    [Fact]
    public async Task A_config_map_needs_its_namespace_is_made_once_and_replaced_only_at_the_version_that_was_read()
    {
        var draft = new ConfigMapDraft
        {
            Name = new ObjectName($"room-{Guid.NewGuid():N}", "1.1.1.211"),
            Data = new Dictionary<string, string> { ["journal.json"] = "{\"a\":\"ä\\n\"}" },
            Labels = new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = "vmnodeops" },
        };

        var homeless = await Refused(() => Client.ConfigMaps.CreateAsync(draft));
        await Client.Namespaces.CreateAsync(draft.Name.Namespace!);
        var again = await Refused(() => Client.Namespaces.CreateAsync(draft.Name.Namespace!));
        var made = await Client.ConfigMaps.CreateAsync(draft);
        var twice = await Refused(() => Client.ConfigMaps.CreateAsync(draft));
        var changed = await Client.ConfigMaps.ReplaceAsync(made with { Data = new Dictionary<string, string> { ["b"] = "c" } });
        var late = await Refused(() => Client.ConfigMaps.ReplaceAsync(made));
        var read = await Client.ConfigMaps.FindAsync(draft.Name);
        await Client.ConfigMaps.DeleteAsync(changed.Identity);

        homeless.Cause.Should().Be(ClusterErrorCause.NotFound);
        again.Cause.Should().Be(ClusterErrorCause.AlreadyExists);
        twice.Cause.Should().Be(ClusterErrorCause.AlreadyExists);
        late.Cause.Should().Be(ClusterErrorCause.Conflict);
        made.Data.Should().Equal(draft.Data);
        read!.Data.Should().Equal(new Dictionary<string, string> { ["b"] = "c" });
        read.Labels.Should().Equal(draft.Labels);
        (await Client.ConfigMaps.FindAsync(draft.Name)).Should().BeNull();
    }

    [Fact]
    public async Task A_lease_is_made_once_and_replaced_only_at_the_version_that_was_read()
    {
        var name = new ObjectName("contract", "lock");
        var draft = new LeaseDraft
        {
            Name = name,
            HolderIdentity = "me",
            Duration = TimeSpan.FromSeconds(60),
            AcquiredAt = await Client.Server.GetTimeAsync(),
            Owners = [new Owner { ApiVersion = "v1", Kind = "Node", Name = "node-1", Uid = fixture.Uid("nodes", "node-1", null) }],
        };

        var made = await Client.Leases.CreateAsync(draft);
        var twice = await Refused(() => Client.Leases.CreateAsync(draft));
        var taken = await Client.Leases.ReplaceAsync(made with { HolderIdentity = "you", Transitions = 1, RenewedAt = draft.AcquiredAt.AddSeconds(5) });
        var late = await Refused(() => Client.Leases.ReplaceAsync(made));
        var read = await Client.Leases.FindAsync(name);
        await Client.Leases.DeleteAsync(taken.Identity);

        made.Should().Match<Lease>(lease => lease.HolderIdentity == "me" && lease.Duration == draft.Duration);
        made.AcquiredAt.Should().BeCloseTo(draft.AcquiredAt, TimeSpan.FromMilliseconds(1));
        (twice.Cause, late.Cause).Should().Be((ClusterErrorCause.AlreadyExists, ClusterErrorCause.Conflict));
        read.Should().Match<Lease>(lease => lease.HolderIdentity == "you" && lease.Transitions == 1 && lease.Owners.Count == 1);
        (await Client.Leases.FindAsync(name)).Should().BeNull();
    }

    [Fact]
    public async Task An_event_can_be_written_and_read()
    {
        var node = new ObjectReference { ApiVersion = "v1", Kind = "Node", Name = new ObjectName("node-1"), Uid = fixture.Uid("nodes", "node-1", null) };

        await Client.Events.CreateAsync(new EventDraft { Regarding = node, Reason = "Drained", Message = new string('x', 3000), IsWarning = true });
        var events = await Client.Events.ListAsync(Selection.InNamespace("default"));

        var told = events.Items.Single(happened => happened.Reason == "Drained");
        told.Should().Match<ClusterEvent>(happened => happened.IsWarning && happened.Message.Length == 1024 && happened.ReportedBy == "vmnodeops");
        told.Regarding.Should().Be(node);
        told.LastSeenAt.Should().BeCloseTo(Cluster.Time.GetUtcNow(), TimeSpan.FromMinutes(5));
        (await Client.Events.ListAsync(new Selection { Reason = "Drained" })).Items.Should().ContainSingle().Which.Should().BeEquivalentTo(told);
        (await Client.Events.ListAsync(new Selection { Reason = "Undrained" })).Items.Should().BeEmpty();
        await FluentActions.Awaiting(() => Client.Pods.ListAsync(new Selection { Reason = "Drained" })).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task Rights_can_be_asked_for()
    {
        var answer = await Client.AccessReviews.ReviewAsync(new AccessQuestion { Verb = "create", Group = "", Resource = "pods", Subresource = "eviction" });

        answer.Allowed.Should().BeTrue();
    }

    [Fact]
    public async Task Machines_are_stopped_started_and_told_when_to_run()
    {
        var idle = new ObjectName("default", "idle");
        var running = await Refused(() => Client.VirtualMachines.StartAsync(new ObjectName("default", "stays")));
        var read = (await Client.VirtualMachines.FindAsync(idle))!;
        var changed = await Client.VirtualMachines.SetRunStrategyAsync(read.Identity, RunStrategy.RerunOnFailure, options: new WriteOptions { DryRun = true });

        running.Cause.Should().Be(ClusterErrorCause.Conflict);
        changed.RunStrategy.Should().Be(RunStrategy.RerunOnFailure);
        (await Client.VirtualMachines.FindAsync(idle))!.RunStrategy.Should().Be(RunStrategy.Manual);
    }

    [Fact]
    public async Task Instances_are_annotated_and_their_evacuation_cancelled()
    {
        var moves = new ObjectName("default", "moves");
        var instance = (await Client.VirtualMachineInstances.FindAsync(moves))!;

        var annotated = await Client.VirtualMachineInstances.AnnotateAsync(instance.Identity, new Dictionary<string, string?> { ["example.org/nudge"] = "1" });
        var other = await Refused(() => Client.VirtualMachineInstances.AnnotateAsync(
            new ObjectIdentity(moves, "another-uid"), new Dictionary<string, string?> { ["example.org/nudge"] = "2" }));
        await Client.VirtualMachineInstances.CancelEvacuationAsync(moves, instance.NodeName!);

        annotated.Annotations.Should().Contain("example.org/nudge", "1");
        other.Cause.Should().Be(ClusterErrorCause.Conflict);
    }

    [Fact]
    public async Task A_migration_is_asked_for_and_refused_where_it_cannot_be()
    {
        var refused = await Refused(() => Client.Migrations.CreateAsync(new ObjectName("default", "stays")));
        var tried = await Client.Migrations.CreateAsync(new ObjectName("default", "moves"), options: new WriteOptions { DryRun = true });

        refused.Cause.Should().Be(ClusterErrorCause.Invalid);
        refused.Message.Should().Contain("Cannot migrate VMI");
        tried.InstanceName.Should().Be("moves");
        (await Client.Migrations.ListAsync(Selection.All)).Items.Should().BeEmpty();
    }

    [Fact]
    public async Task A_watch_tells_what_is_there_and_what_happens()
    {
        var selection = new Selection { Namespace = "contract", Labels = "tier=watched" };
        fixture.CreatePod("watched-1", "watched");
        var leaving = fixture.CreatePod("watched-2", "watched");
        await using var watcher = new Watcher<Pod>(Client.Pods, selection);
        await watcher.UntilAsync(picture => picture.Count == 2);

        fixture.CreatePod("watched-3", "watched");
        Cluster.Objects.Change("pods", "watched-1", pod => pod["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["a"] = "1" }, "contract");
        Cluster.Objects.Change("pods", "watched-2", pod => pod["metadata"]!["labels"]!["tier"] = "other", "contract");
        await watcher.UntilAsync(picture => !picture.ContainsKey(leaving.Name) && picture.Values.Any(pod => pod.Annotations.ContainsKey("a")) &&
            picture.ContainsKey(new ObjectName("contract", "watched-3")));
        Cluster.Objects.Delete("pods", "watched-3", "contract", force: true);
        await watcher.UntilAsync(picture => picture.Count == 1);

        watcher.Contradictions.Should().BeEmpty();
    }

    [Fact]
    public async Task A_watch_goes_on_from_a_snapshot()
    {
        var selection = new Selection { Namespace = "contract", Labels = "tier=followed" };
        var first = fixture.CreatePod("followed-1", "followed");
        var snapshot = await Client.Pods.ListAsync(selection);
        Cluster.Objects.Delete("pods", "followed-1", "contract", force: true);
        fixture.CreatePod("followed-2", "followed");

        await using var watcher = new Watcher<Pod>(Client.Pods, selection, snapshot);
        await watcher.UntilAsync(picture => picture.Count == 1 && !picture.ContainsKey(first.Name));

        watcher.Contradictions.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancelling_ends_a_watch_and_a_call()
    {
        using var cancel = new CancellationTokenSource();
        await using var watch = Client.Nodes.WatchAsync(Selection.All, cancellationToken: cancel.Token).GetAsyncEnumerator();
        await watch.MoveNextAsync();

        await cancel.CancelAsync();

        await FluentActions.Awaiting(async () =>
        {
            while (await watch.MoveNextAsync())
            {
            }
        }).Should().ThrowAsync<OperationCanceledException>();
        await Client.Invoking(client => client.Nodes.ListAsync(Selection.All, cancel.Token)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Client.Nodes.ListPagesAsync(Selection.All, null, cancel.Token).ToListAsync().AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Kubelets write to their nodes all the time: a change that needs the version that was read is tried again.</summary>
    private async Task<Node> RetaintAsync(ObjectName name, Func<IReadOnlyList<Taint>, IReadOnlyList<Taint>> change)
    {
        while (true)
        {
            var node = (await Client.Nodes.FindAsync(name))!;
            try
            {
                return await Client.Nodes.ChangeAsync(node.Identity, new NodeChange { Taints = change(node.Taints), ResourceVersion = node.ResourceVersion });
            }
            catch (ClusterException conflict) when (conflict.Cause == ClusterErrorCause.Conflict)
            {
            }
        }
    }

    private static async Task<ClusterException> Refused(Func<Task> call) => (await call.Should().ThrowAsync<ClusterException>()).Which;
}
