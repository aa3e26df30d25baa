using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What an answer to an eviction means.</summary>
internal enum EvictionReply
{
    /// <summary>Not asked yet.</summary>
    None,

    /// <summary>The pod terminates.</summary>
    Accepted,

    /// <summary>There is no such pod, or another one of its name.</summary>
    NotThere,

    /// <summary>KubeVirt refused: it moves the machine itself, or never will. The instance tells which.</summary>
    KubeVirtDecides,

    /// <summary>A disruption budget allows none now.</summary>
    Budget,

    /// <summary>Two budgets protect the pod, which no server can evict.</summary>
    TwoBudgets,

    /// <summary>The namespace is being deleted, and the pod with it.</summary>
    NamespaceTerminating,

    /// <summary>A webhook that is asked about evictions does not answer.</summary>
    WebhookDown,

    /// <summary>The server cannot for the moment, or no answer came.</summary>
    TryLater,

    /// <summary>The caller lacks the right; it does not come by waiting.</summary>
    NotAllowed,

    /// <summary>The server will not take this request, however often.</summary>
    Invalid,
}

/// <summary>Tells the server's answers to an eviction apart.</summary>
internal static class EvictionReplies
{
    private const string KubeVirtWebhooks = "admission webhook \"virt-launcher-eviction-interceptor";
    private const string HotplugWebhook = "admission webhook \"hotplug-pod-eviction-interceptor";

    public static EvictionReply Read(ServerStatus status) => status.Code switch
    {
        404 or 409 => EvictionReply.NotThere,
        429 => ReadTooMany(status),
        403 when Has(status, "NamespaceTerminating") => EvictionReply.NamespaceTerminating,
        // The authorizer's words. Other 403s come from a budget whose numbers are being worked out, or from somebody's admission policy.
        403 when status.Message.Contains("cannot create resource", StringComparison.Ordinal) => EvictionReply.NotAllowed,
        401 => EvictionReply.NotAllowed,
        500 when status.Message.Contains("more than one PodDisruptionBudget", StringComparison.Ordinal) => EvictionReply.TwoBudgets,
        500 when status.Message.Contains("failed calling webhook", StringComparison.Ordinal) => EvictionReply.WebhookDown,
        400 or 405 or 415 or 422 => EvictionReply.Invalid,
        _ => EvictionReply.TryLater,
    };

    /// <summary>Whether waiting for an answer failed in a way that may pass.</summary>
    public static bool MayPass(ClusterException exception) => exception.Cause
        is ClusterErrorCause.Timeout or ClusterErrorCause.Unreachable or ClusterErrorCause.ConnectionLost or ClusterErrorCause.ServerError
        or ClusterErrorCause.TooManyRequests or ClusterErrorCause.NotKubernetes or ClusterErrorCause.Unknown;

    /// <summary>The server's words with what its causes add, on one line.</summary>
    public static string Words(ServerStatus status)
    {
        var causes = status.Causes.Where(cause => cause.Message.Length > 0 && !status.Message.Contains(cause.Message, StringComparison.Ordinal));
        return string.Join(" ", [status.Message.Length > 0 ? status.Message : $"HTTP {status.Code}", .. causes.Select(cause => $"{cause.Message}.")]);
    }

    private static EvictionReply ReadTooMany(ServerStatus status)
    {
        if (Has(status, "DisruptionBudget"))
        {
            return EvictionReply.Budget;
        }

        return status.Message.StartsWith(KubeVirtWebhooks, StringComparison.Ordinal) || status.Message.StartsWith(HotplugWebhook, StringComparison.Ordinal)
            ? EvictionReply.KubeVirtDecides
            : EvictionReply.TryLater;
    }

    private static bool Has(ServerStatus status, string reason) => status.Causes.Any(cause => cause.Reason == reason);
}
