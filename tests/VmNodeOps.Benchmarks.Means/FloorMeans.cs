using System.Text.Json;

namespace VmNodeOps.Benchmarks.Means;

/// <summary>The least that can be done: one list, one watch, one request per object, all at once. It proves nothing and checks nothing.</summary>
internal static class FloorMeans
{
    private const string Pods = "/api/v1/pods?fieldSelector=spec.nodeName%3DNODE&labelSelector=kubevirt.io%3Dvirt-launcher";
    private const string Attachments = "/apis/storage.k8s.io/v1/volumeattachments";

    public static async Task<int> DrainAsync(string kubeconfig, string node)
    {
        using var client = new FloorClient(kubeconfig);
        await DrainAsync(client, node);
        return 0;
    }

    public static async Task<int> DrainManyAsync(string kubeconfig, string[] nodes)
    {
        using var client = new FloorClient(kubeconfig);
        await Task.WhenAll(nodes.Select(node => DrainAsync(client, node)));
        return 0;
    }

    private static async Task DrainAsync(FloorClient client, string node)
    {
        await client.SendAsync(HttpMethod.Patch, $"/api/v1/nodes/{node}", """{"spec":{"unschedulable":true}}""", "application/merge-patch+json");
        var path = Pods.Replace("NODE", node);
        var list = await client.GetAsync(path);
        var pods = list.GetProperty("items").EnumerateArray().Select(Identify).ToList();
        var gone = WatchGoneAsync(client, path, Version(list), [.. pods.Select(pod => pod.Uid)]);
        await Task.WhenAll(pods.Select(pod => client.SendAsync(
            HttpMethod.Post, $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}/eviction",
            $$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{pod.Name}}}","namespace":"{{{pod.Namespace}}}"}}""")));
        await gone;
    }

    public static async Task<int> RecoverAsync(string kubeconfig, string node)
    {
        using var client = new FloorClient(kubeconfig);
        var pods = (await client.GetAsync(Pods.Replace("NODE", node))).GetProperty("items").EnumerateArray().Select(Identify).ToList();
        await Task.WhenAll(pods.Select(pod => client.SendAsync(
            HttpMethod.Delete, $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}", """{"gracePeriodSeconds":0}""")));
        var (attachments, version) = await AttachmentsOfAsync(client, node);
        var gone = WatchGoneAsync(client, Attachments + "?", version, [.. attachments.Select(each => each.Uid)]);
        await Task.WhenAll(attachments.Select(each => client.SendAsync(HttpMethod.Delete, $"{Attachments}/{each.Name}", "{}")));
        await gone;
        return 0;
    }

    /// <summary>Completes when the pods that are on the node now are gone; gives that task when it is watching.</summary>
    public static async Task<Task> WatchPodsAsync(FloorClient client, string node)
    {
        var path = Pods.Replace("NODE", node);
        var list = await client.GetAsync(path);
        return WatchGoneAsync(client, path, Version(list), [.. list.GetProperty("items").EnumerateArray().Select(pod => Identify(pod).Uid)]);
    }

    /// <summary>Reads every attachment of the cluster once.</summary>
    public static async Task<int> PageAsync(string kubeconfig, string node)
    {
        using var client = new FloorClient(kubeconfig);
        await AttachmentsOfAsync(client, node);
        return 0;
    }

    private static async Task<(List<Identity> Found, string Version)> AttachmentsOfAsync(FloorClient client, string node)
    {
        var found = new List<Identity>();
        var version = "";
        await foreach (var page in client.PagesAsync(Attachments))
        {
            version = Version(page);
            found.AddRange(page.GetProperty("items").EnumerateArray().Where(each => each.GetProperty("spec").GetProperty("nodeName").ValueEquals(node)).Select(Identify));
        }

        return (found, version);
    }

    /// <summary>Resumed where it broke off: a server closes a watch whenever it likes.</summary>
    private static async Task WatchGoneAsync(FloorClient client, string path, string version, HashSet<string> awaited)
    {
        while (awaited.Count > 0)
        {
            await foreach (var change in client.WatchAsync($"{path}&watch=true&resourceVersion={version}"))
            {
                var item = change.GetProperty("object");
                version = Version(item);
                if (change.GetProperty("type").ValueEquals("DELETED") && awaited.Remove(Identify(item).Uid) && awaited.Count == 0)
                {
                    return;
                }
            }
        }
    }

    private static string Version(JsonElement item) => item.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

    private static Identity Identify(JsonElement item)
    {
        var metadata = item.GetProperty("metadata");
        return new Identity(metadata.TryGetProperty("namespace", out var ns) ? ns.GetString()! : "", metadata.GetProperty("name").GetString()!, metadata.GetProperty("uid").GetString()!);
    }

    private sealed record Identity(string Namespace, string Name, string Uid);
}
