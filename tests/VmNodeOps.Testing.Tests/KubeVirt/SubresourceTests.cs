using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.KubeVirt;

public sealed class SubresourceTests
{
    [Fact]
    public async Task Starting_depends_on_the_run_strategy()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("always")
            .WithVirtualMachine("halted", vm => vm.Run(SimulatedRunStrategy.Halted))
            .WithVirtualMachine("manual", vm => vm.Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("rerun", vm => vm.Run(SimulatedRunStrategy.RerunOnFailure)));

        cluster.CallFor("virtualmachines", "always", "start").Should().Be(
            (409, "Operation cannot be fulfilled on virtualmachine.kubevirt.io \"always\": VM is already running"));
        cluster.Call("virtualmachines", "nobody", "start").Should().Be(404);
        cluster.Call("virtualmachines", "halted", "start").Should().Be(202);
        await cluster.UntilAsync(() => cluster.Printable("halted") == "Running", "it runs");
        cluster.Objects.Text("virtualmachines", "halted", "spec.runStrategy").Should().Be("Always");

        cluster.Evict(cluster.Pod("manual"));
        cluster.Evict(cluster.Pod("rerun"));
        await cluster.UntilAsync(() => cluster.Printable("manual") == "Stopped" && cluster.Printable("rerun") == "Stopped", "they are down");
        cluster.Call("virtualmachines", "manual", "start").Should().Be(202);
        cluster.Call("virtualmachines", "rerun", "start").Should().Be(202);
        await cluster.UntilAsync(() => cluster.Printable("manual") == "Running" && cluster.Printable("rerun") == "Running", "they run again");
    }

    [Fact]
    public async Task Stopping_and_restarting()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("always")
            .WithVirtualMachine("manual", vm => vm.Run(SimulatedRunStrategy.Manual)));
        var uid = cluster.Instance("always", "metadata.uid");

        cluster.Call("virtualmachines", "always", "restart").Should().Be(202);
        await cluster.UntilAsync(
            () => cluster.Instance("always", "metadata.uid") != uid && cluster.Printable("always") == "Running", "it restarted");
        cluster.Call("virtualmachines", "always", "stop").Should().Be(202);
        cluster.Call("virtualmachines", "manual", "stop").Should().Be(202);
        await cluster.UntilAsync(() => cluster.Guests.Running.Count == 0, "both are down");

        cluster.Objects.Text("virtualmachines", "always", "spec.runStrategy").Should().Be("Halted");
        await cluster.UntilAsync(() => cluster.Printable("always") == "Stopped" && cluster.Printable("manual") == "Stopped", "both say so");
        cluster.Call("virtualmachines", "always", "stop").Should().Be(409);
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Migrating_by_hand_and_its_refusals()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("moves", vm => vm.On("node-1"))
            .WithVirtualMachine("fixed", vm => vm.NotMigratable("HostDeviceNotLiveMigratable", "no")));

        cluster.Call("virtualmachines", "moves", "migrate", """{"dryRun":["All"]}""").Should().Be(202);
        cluster.Objects.List("virtualmachineinstancemigrations").Should().BeEmpty();
        cluster.CallFor("virtualmachines", "fixed", "migrate").Code.Should().Be(500);
        cluster.Call("virtualmachines", "moves", "migrate").Should().Be(202);
        cluster.Objects.Names("virtualmachineinstancemigrations").Single().Should().StartWith("kubevirt-migrate-vm-");
        Create(cluster, "moves").Should().MatchRegex(
            "^400 admission webhook \"migration-create-validator.kubevirt.io\" denied the request: in-flight migration detected. "
            + "Active migration job \\(.*\\) is currently already in progress for VMI moves.$");
        Create(cluster, "fixed").Should().Be(
            "400 admission webhook \"migration-create-validator.kubevirt.io\" denied the request: "
            + "Cannot migrate VMI, Reason: HostDeviceNotLiveMigratable, Message: no");
        Create(cluster, "nope").Should().Be(
            "400 admission webhook \"migration-create-validator.kubevirt.io\" denied the request: the VMI \"default/nope\" does not exist");
        Create(cluster, "fixed", "system-critical").Should().StartWith("422 ").And.Contain("only virt-controller is allowed to set priority field");
        await cluster.UntilGoneAsync("node-1", "moves");
    }

    [Fact]
    public async Task Pausing_takes_the_machine_out_of_readiness()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm"));

        cluster.Call("virtualmachineinstances", "vm", "pause").Should().Be(202);
        await cluster.UntilAsync(() => cluster.Objects.Condition("virtualmachineinstances", "vm", "Ready") == "False", "it is not ready");
        cluster.Guests.Of("vm").Single().IsPaused.Should().BeTrue();
        cluster.Printable("vm").Should().Be("Paused");
        cluster.Call("virtualmachineinstances", "vm", "pause").Should().Be(409);

        cluster.Call("virtualmachineinstances", "vm", "unpause").Should().Be(202);
        await cluster.UntilAsync(() => cluster.Objects.Condition("virtualmachineinstances", "vm", "Ready") == "True", "it is ready");
        cluster.Printable("vm").Should().Be("Running");
    }

    private static string Create(SimulatedCluster cluster, string machine, string? priority = null)
    {
        try
        {
            var migration = EvictionTests.Migration(machine, $"by-hand-{machine}");
            if (priority is not null)
            {
                migration["spec"]!["priority"] = priority;
            }

            cluster.Objects.Create(migration);
            return "201";
        }
        catch (ApiErrorException refusal)
        {
            return $"{refusal.Code} {refusal.Message}";
        }
    }
}
