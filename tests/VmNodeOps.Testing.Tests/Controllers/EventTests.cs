using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Tests.Controllers;

public class EventTests
{
    [Fact]
    public async Task What_is_said_again_raises_the_count()
    {
        using var cluster = new ClusterFixture();
        var pod = cluster.AddPod("pod-a");
        await cluster.RunningAsync("pod-a");
        var events = new EventRecorder(cluster.Api, "tester");

        events.Warning(pod, "Odd", "it is odd");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(7));
        events.Warning(pod, "Odd", "it is odd");
        events.Warning(pod, "Odd", "it is odder");

        var said = cluster.Api.List(ResourceTypes.Events).Where(item => item.Json.Text("reason") == "Odd").ToList();
        said.Select(item => item.Json.Number("count")).Should().BeEquivalentTo(new long?[] { 2, 1 });
        var repeated = said.Single(item => item.Json.Number("count") == 2).Json;
        repeated["involvedObject"].Text("uid").Should().Be(pod.Uid);
        repeated["source"].Text("component").Should().Be("tester");
        (ClockReading.Parse(repeated.Text("lastTimestamp")) - ClockReading.Parse(repeated.Text("firstTimestamp"))).Should().Be(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Events_go_after_an_hour()
    {
        using var cluster = new ClusterFixture(nodes: 1);
        cluster.AddPod("pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.EventsAbout("pod-a").Should().NotBeEmpty();

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(29));
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(29));
        cluster.EventsAbout("pod-a").Should().NotBeEmpty();
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(13));

        cluster.EventsAbout("pod-a").Should().BeEmpty();
    }
}
