using System.Diagnostics;
using Xunit.Abstractions;

namespace VmNodeOps.Testing.Tests.Cluster;

/// <summary>What others build on must stay fast.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_hundred_machines_are_up_and_evacuated_in_seconds()
    {
        var watch = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var names = Enumerable.Range(1, 100).Select(number => $"vm-{number:000}").ToArray();
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachines(
            names.Select(name => new SimulatedVirtualMachine { Name = name }.On("node-1").LiveMigrate().WithDisk(shared: true))));
        output.WriteLine($"up after {watch.Elapsed.TotalSeconds:0.0} s, {cluster.Time.GetUtcNow():T} on the cluster's clock");

        using (cluster.Time.Pause())
        {
            foreach (var name in names)
            {
                cluster.Objects.Change("virtualmachineinstances", name, json => json["status"]!["evacuationNodeName"] = "node-1");
            }
        }

        await cluster.UntilAsync(() => cluster.Guests.On("node-1").Count == 0, "the node is empty", TimeSpan.FromHours(1));
        output.WriteLine($"evacuated after {watch.Elapsed.TotalSeconds:0.0} s, {cluster.Time.GetUtcNow():T} on the cluster's clock, {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:0.0} s of processor");

        cluster.Guests.Running.Should().HaveCount(100);
        cluster.Guests.Doubles.Should().BeEmpty();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
    }
}
