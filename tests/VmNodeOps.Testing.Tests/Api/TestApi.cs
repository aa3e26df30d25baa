using System.Text;
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

    public SimulatedTime Time { get; } = SimulatedTime.Virtual(maximumStep: TimeSpan.FromMinutes(10));

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

    /// <summary>One HTTP call; the query as in a URL, decoded.</summary>
    public ApiAnswer Call(
        string verb, ResourceType type, string? name = null, string? body = null, string query = "", string? subresource = null,
        string? contentType = null, string? ns = "default") =>
        Api.Execute(new ApiCall
        {
            Verb = verb,
            Type = type,
            Namespace = type.Namespaced ? ns : null,
            Name = name,
            Subresource = subresource,
            Query = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2))
                .ToDictionary(part => part[0], part => part[1]),
            ContentType = contentType ?? "application/json",
            Body = body is null ? default : Encoding.UTF8.GetBytes(body),
            User = new UserInfo("tester", ["system:authenticated"]),
        });

    /// <summary>A call that must be refused: its code, reason and message in a line.</summary>
    public static string Refusal(Func<ApiAnswer> call)
    {
        var status = call.Should().Throw<ApiErrorException>().Which.Status;
        return $"{status["code"]} {status["reason"]}: {status["message"]}";
    }

    public JsonObject Patch(ResourceType type, string name, string patch, string kind = "strategic-merge-patch", string query = "") =>
        ((ObjectAnswer)Call("patch", type, name, patch, query, contentType: $"application/{kind}+json")).Object.Json;

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
