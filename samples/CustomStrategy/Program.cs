using CustomStrategy;
using Microsoft.Extensions.DependencyInjection;
using VmNodeOps;
using VmNodeOps.Scripting;
using VmNodeOps.Testing;

using var time = SimulatedTime.Virtual();
await using var cluster = await SimulatedCluster.StartAsync(builder => (builder with { Time = time })
    .WithNodes("worker-1", "worker-2", "worker-3")
    .WithVirtualMachine("web", machine => machine.On("worker-1").LiveMigrate().WithDisk(shared: true))
    .WithVirtualMachine("db", machine => machine.On("worker-2").WithDisk()));
var kubeconfig = Path.GetTempFileName();
cluster.WriteKubeconfig(kubeconfig);

var services = new ServiceCollection();
services.AddSingleton<TimeProvider>(time);
services.AddNodeMaintenance(options =>
{
    options.Kubeconfig = kubeconfig;
    // That a source of our own is enough to destroy on is said where the program is put together.
    options.Maintenance = new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong };
});
services.AddSingleton(new PowerStrip(cluster));
services.AddRunbookStep<PowerOffOptions>("power-off", "Switches the node off.", (provider, options) => new PowerOffStep(provider.GetRequiredService<PowerStrip>(), options));
services.AddRunbookEvidence("power-strip", provider => new PowerStripEvidence(provider.GetRequiredService<PowerStrip>()));
await using var provider = services.BuildServiceProvider();

var registry = provider.GetRequiredService<StepRegistry>();
var runner = provider.GetRequiredService<RunbookRunner>();

var shutdown = Runbook.Parse("""
    runbook: 1
    name: shutdown
    nodes: [worker-1]
    steps:
      - graceful-shutdown
      - power-off: { grace: 10s }
    """, "shutdown.yaml", registry).Bind();
var report = await runner.RunAsync(shutdown);
Console.WriteLine(report.ToText());

// Two nodes that go down within ten minutes look like trouble of the network, and are not recovered from unasked.
await time.AdvanceAsync(TimeSpan.FromMinutes(20));
cluster.CrashNode("worker-2");
await time.AdvanceAsync(TimeSpan.FromMinutes(2));
var recovery = Runbook.Parse("""
    runbook: 1
    name: recovery
    nodes: [worker-2]
    steps:
      - recover-from-crash:
          evidence: { source: power-strip }
    """, "recovery.yaml", registry).Bind();
var recovered = await runner.RunAsync(recovery);
Console.WriteLine(recovered.ToText());
Console.WriteLine($"Machines that ran twice: {cluster.Guests.Doubles.Count()}");
File.Delete(kubeconfig);
return (int)(report.Succeeded ? recovered.ExitCode : report.ExitCode);
