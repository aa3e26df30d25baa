using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Kubernetes' own mark of a node that is down and stays down until somebody has looked at it.</summary>
/// <remarks>
/// On a node that is not Ready: the taint manager deletes its pods, pod garbage collection (every 20 s) removes those that no kubelet ends, and attach/detach no longer waits for the kubelet's
/// word. Nobody but who put it on takes it off. Source: kubernetes.io, "Non-graceful node shutdown"; stable since Kubernetes 1.28, on by default since 1.26.
/// </remarks>
internal static class OutOfServiceTaint
{
    public const string Key = "node.kubernetes.io/out-of-service";

    /// <summary>The value by which we know ours again, whoever of us put it on; for Kubernetes any will do.</summary>
    public const string Value = "vmnodeops";

    /// <summary>The first minor version of Kubernetes 1 that heeds it without being told to.</summary>
    public const int SinceMinor = 26;

    public static Taint Ours { get; } = new() { Key = Key, Value = Value, Effect = "NoExecute" };

    public static bool IsOurs(Taint taint) => taint is { Key: Key, Value: Value };

    /// <summary>Whether the node is marked so that its pods go, by whomever.</summary>
    public static bool IsOn(Node node) => node.Taints.Any(static taint => taint is { Key: Key, Effect: "NoExecute" });

    public static bool HasOurs(Node? node) => node is not null && node.Taints.Any(IsOurs);

    /// <summary>All that is there and ours. The server keeps one list: it is refused if somebody changed the node meanwhile.</summary>
    public static NodeChange PutOn(Node node) => new() { Taints = [.. node.Taints, Ours], ResourceVersion = node.ResourceVersion };

    /// <summary>All that is there but ours.</summary>
    public static NodeChange TakeOff(Node node) => new() { Taints = [.. node.Taints.Where(static taint => !IsOurs(taint))], ResourceVersion = node.ResourceVersion };
}
