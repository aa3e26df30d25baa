namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>All webhooks are in virt-api, and nearly all of them fail closed.</summary>
public sealed class VirtApiOutageTests
{
    private const string Refused =
        "Internal error occurred: failed calling webhook \"virt-launcher-eviction-interceptor.kubevirt.io\": failed to call webhook: "
        + "Post \"https://virt-api.kubevirt.svc:443/pod-eviction-validate?timeout=10s\": dial tcp 127.0.0.1:443: connect: connection refused";

    [Fact]
    public async Task Evictions_of_machines_fail_and_those_of_other_pods_do_not()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("vm", vm => vm.LiveMigrate())
            .WithWorkload("web"));
        cluster.StopVirtApi();

        cluster.Evict(cluster.Pod("vm")).Should().Be((500, Refused));
        cluster.Evict(cluster.Objects.Names("pods", pod => (string?)pod["metadata"]!["labels"]!["app"] == "web").Single()).Code.Should().Be(201);
        cluster.Call("virtualmachines", "vm", "restart").Should().Be(503);

        cluster.StartVirtApi();
        await cluster.UntilAsync(() => cluster.Evict(cluster.Pod("vm"), dryRun: true).Code == 429, "virt-api answers");
    }

    [Fact]
    public async Task Before_1_5_an_eviction_passes_without_virt_api()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Version13 })
            .WithVirtualMachine("vm", vm => vm.Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible).NotMigratable()));
        cluster.StopVirtApi();

        cluster.Evict(cluster.Pod("vm")).Code.Should().Be(201);
    }

    [Fact]
    public async Task A_forced_delete_changes_nothing_until_virt_api_is_back_and_then_late()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("waits", vm => vm.On("node-1"))
            .WithVirtualMachine("nudged", vm => vm.On("node-1")));
        cluster.CrashNode("node-1");
        cluster.StopVirtApi();
        cluster.Objects.Delete("pods", cluster.Pod("waits"), force: true);
        cluster.Objects.Delete("pods", cluster.Pod("nudged"), force: true);

        // Shorter than the five minutes after which the missing heartbeat would have the same effect.
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(4));
        cluster.Instance("waits", "status.phase").Should().Be("Running", "the write that would fail it is refused");
        cluster.StartVirtApi();
        await cluster.UntilAsync(() => cluster.Evict("virt-launcher-x", dryRun: true).Code == 404, "virt-api answers");
        DateTimeOffset back;
        using (cluster.Time.Pause())
        {
            back = cluster.Time.GetUtcNow();
            cluster.Instance("waits", "status.nodeName").Should().Be("node-1");
            cluster.Objects.Change("virtualmachineinstances", "nudged", json => json["metadata"]!["annotations"]!["example.org/nudge"] = "1");
        }

        await cluster.UntilGoneAsync("node-1", "nudged");
        (cluster.Guests.Of("nudged").Single().StartedAt - back).Should().BeLessThan(TimeSpan.FromSeconds(5), "any write wakes the controller");

        await cluster.UntilGoneAsync("node-1", "waits");
        (cluster.Guests.Of("waits").Single().StartedAt - back).Should().BeGreaterThan(TimeSpan.FromSeconds(10)).And.BeLessThan(TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task A_virt_api_pod_on_a_dead_node_takes_its_share_of_calls_until_it_is_unready()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirtNodes = ["node-1", "node-2"] })
            .WithVirtualMachine("vm", vm => vm.On("node-3").LiveMigrate()));
        var pod = cluster.Pod("vm");
        cluster.CrashNode("node-1");

        var answers = Enumerable.Range(0, 4).Select(_ => cluster.Evict(pod, dryRun: true)).ToArray();

        answers.Select(answer => answer.Code).Should().Contain([429, 500]);
        answers.Where(answer => answer.Code == 500).Should().OnlyContain(answer => answer.Message.EndsWith("context deadline exceeded"));
        var hung = () => Enumerable.Range(0, 2).ToList().ForEach(_ => cluster.Api.Evict("default", "virt-launcher-x"));
        hung.Should().Throw<VmNodeOps.Testing.Api.ApiErrorException>().Where(refusal => refusal.Code != 500 || refusal.Delay == TimeSpan.FromSeconds(10));

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));
        Enumerable.Range(0, 4).Should().OnlyContain(_ => cluster.Evict(pod, dryRun: true).Code == 429);
    }

    [Fact]
    public async Task Without_virt_controller_evictions_are_marked_and_migrations_start_when_it_is_back()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate()));
        cluster.StopVirtController();

        cluster.Evict(cluster.Pod("vm")).Code.Should().Be(429);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(5));
        cluster.Objects.List("virtualmachineinstancemigrations").Should().BeEmpty();

        cluster.StartVirtController();
        await cluster.UntilGoneAsync("node-1", "vm");
    }
}
