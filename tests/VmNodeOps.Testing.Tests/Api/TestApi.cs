using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

/// <summary>An API machinery on a virtual clock, with a few objects at hand.</summary>
internal sealed class TestApi : IDisposable
{
    public TestApi()
    {
        Api = new ApiMachinery(Time);
        // A test looks at what is there; simulated time passes only where the test lets it.
        Pause = Time.Pause();
    }

    public SimulatedTime Time { get; } = SimulatedTime.Virtual();

    public ApiMachinery Api { get; }

    public IDisposable Pause { get; }

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    public static JsonObject Pod(string name, string? node = "n1", string phase = "Running", string labels = "{}")
    {
        var pod = Json(
            """
            {"metadata":{"namespace":"default"},"spec":{"containers":[{"name":"c","image":"x"}]},
             "status":{"conditions":[{"type":"Ready","status":"True"}]}}
            """);
        pod["metadata"]!["name"] = name;
        pod["metadata"]!["labels"] = Json(labels);
        pod["spec"]!["nodeName"] = node;
        pod["status"]!["phase"] = phase;
        return pod;
    }

    public StoredObject CreatePod(string name, string? node = "n1", string phase = "Running", string labels = "{}") =>
        Api.Create(ResourceTypes.Pods, Pod(name, node, phase, labels));

    /// <summary>Completes when everything posted to the simulation's thread so far has run, and what that posted in turn.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 8; round++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Time.Post(done.SetResult);
            await done.Task;
        }
    }

    public void Dispose()
    {
        Time.Failures.Should().BeEmpty();
        Time.Dispose();
    }
}
