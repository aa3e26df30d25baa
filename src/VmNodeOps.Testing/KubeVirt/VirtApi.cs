using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Whether virt-api answers: every webhook and every subresource of KubeVirt goes through its service.</summary>
/// <remarks>
/// The service sends a call to any pod that is Ready in the API. A pod on a dead node stays Ready until the node's own condition turns, and
/// until then its share of the calls hangs for the webhook's time-out; with no ready pod left a call is refused at once.
/// </remarks>
internal sealed class VirtApi(KubeVirtWorld world)
{
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(10);
    private int _calls;

    /// <summary>Set while the processes are stopped though their pods may still look ready.</summary>
    public bool IsStopped { get; set; }

    private enum Reach
    {
        Answers,
        Hangs,
        Refuses,
    }

    /// <summary>Calls a webhook.</summary>
    /// <exception cref="ApiErrorException">It cannot be reached: the 500 of a webhook that fails closed.</exception>
    public void CallWebhook(string webhook, string path)
    {
        var reach = Dial();
        if (reach == Reach.Answers)
        {
            return;
        }

        var end = reach == Reach.Hangs ? "context deadline exceeded" : "dial tcp 127.0.0.1:443: connect: connection refused";
        var url = $"https://virt-api.{world.Settings.Namespace}.svc:443{path}?timeout=10s";
        var cause = $"failed calling webhook \"{webhook}\": failed to call webhook: Post \"{url}\": {end}";
        var details = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = cause }) };
        var status = ApiErrorException.Create(500, "InternalError", "Internal error occurred: " + cause, details).Status;
        throw new ApiErrorException(status) { Delay = reach == Reach.Hangs ? WebhookTimeout : TimeSpan.Zero };
    }

    /// <summary>Calls a webhook whose failure policy is Ignore.</summary>
    /// <returns>Whether it answered.</returns>
    public bool TryCallWebhook() => Dial() == Reach.Answers;

    /// <summary>Calls a subresource, which the API server forwards only while the APIService is available.</summary>
    public void CallSubresource()
    {
        var reach = Dial();
        if (reach != Reach.Answers)
        {
            var status = ApiErrorException.Create(503, "ServiceUnavailable", "the server is currently unable to handle the request").Status;
            throw new ApiErrorException(status) { Delay = reach == Reach.Hangs ? WebhookTimeout : TimeSpan.Zero };
        }
    }

    private Reach Dial()
    {
        if (IsStopped)
        {
            return Reach.Refuses;
        }

        var ready = world.Api.ListLabelled(ResourceTypes.Pods, world.Settings.Namespace, Names.Component, "virt-api")
            .Where(pod => !pod.IsDeleting && pod.IsReady)
            .ToArray();
        if (ready.Length == 0)
        {
            return Reach.Refuses;
        }

        var pod = ready[(uint)Interlocked.Increment(ref _calls) % ready.Length];
        return world.Components.IsRunning(pod.Uid) ? Reach.Answers : Reach.Hangs;
    }
}
