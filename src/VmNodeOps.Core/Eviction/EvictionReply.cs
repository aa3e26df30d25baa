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

    /// <summary>KubeVirt refused because it moves the machine itself: it has just marked the instance. This is how every evacuation begins, and no error.</summary>
    EvacuationBegins,

    /// <summary>KubeVirt refused because it is moving the machine already.</summary>
    EvacuationGoesOn,

    /// <summary>KubeVirt refused because the machine is to be migrated live and cannot be.</summary>
    NotMigratable,

    /// <summary>KubeVirt refused because the pod is the target of a migration.</summary>
    MigrationTarget,

    /// <summary>KubeVirt refused because the pod holds a disk for a guest that runs.</summary>
    HotplugGuarded,

    /// <summary>KubeVirt refused because it does not find the pod's instance. It will say so for ever.</summary>
    InstanceGone,

    /// <summary>KubeVirt refused in words that this version does not know, or could not do its part. The instance tells what goes on.</summary>
    KubeVirtRefused,

    /// <summary>A disruption budget allows none now.</summary>
    Budget,

    /// <summary>Two budgets protect the pod, which no server can evict.</summary>
    TwoBudgets,

    /// <summary>The namespace is being deleted, and the pod with it.</summary>
    NamespaceTerminating,

    /// <summary>A webhook that is asked about evictions does not answer.</summary>
    WebhookDown,

    /// <summary>The server sheds load (API priority and fairness); says nothing about the pod.</summary>
    ServerBusy,

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
    private const string LauncherWebhook = "admission webhook \"virt-launcher-eviction-interceptor";
    private const string HotplugWebhook = "admission webhook \"hotplug-pod-eviction-interceptor";
    private const string Denied = " denied the request: ";

    /// <summary>Whether KubeVirt's webhook answered: then the instance tells what goes on, never the answer alone.</summary>
    public static bool IsOfKubeVirt(EvictionReply reply) => reply
        is EvictionReply.EvacuationBegins or EvictionReply.EvacuationGoesOn or EvictionReply.NotMigratable or EvictionReply.MigrationTarget
        or EvictionReply.HotplugGuarded or EvictionReply.InstanceGone or EvictionReply.KubeVirtRefused;

    /// <summary>Whether KubeVirt answered that it moves the machine.</summary>
    public static bool IsEvacuation(EvictionReply reply) => reply is EvictionReply.EvacuationBegins or EvictionReply.EvacuationGoesOn;

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

        if (!status.Message.StartsWith(LauncherWebhook, StringComparison.Ordinal) && !status.Message.StartsWith(HotplugWebhook, StringComparison.Ordinal))
        {
            return EvictionReply.ServerBusy;
        }

        var denied = status.Message.IndexOf(Denied, StringComparison.Ordinal);
        return denied < 0 ? EvictionReply.KubeVirtRefused : ReadDenial(status.Message[(denied + Denied.Length)..]);
    }

    /// <summary>The texts of KubeVirt 1.3 to 1.9; the names of machines in them come last, so that no name can pass for another text.</summary>
    private static EvictionReply ReadDenial(string text) => text switch
    {
        _ when text.StartsWith("Evacuation in progress", StringComparison.Ordinal) => EvictionReply.EvacuationGoesOn,
        _ when text.StartsWith("Eviction triggered evacuation", StringComparison.Ordinal) => EvictionReply.EvacuationBegins,
        _ when text.StartsWith("Eviction request for target Pod", StringComparison.Ordinal) => EvictionReply.MigrationTarget,
        _ when text.StartsWith("cannot evict hotplug pod", StringComparison.Ordinal) => EvictionReply.HotplugGuarded,
        _ when text.StartsWith("kubevirt failed getting the vmi", StringComparison.Ordinal) && text.EndsWith("not found", StringComparison.Ordinal) => EvictionReply.InstanceGone,
        _ when text.StartsWith("VMI ", StringComparison.Ordinal) && text.EndsWith("is not live-migratable", StringComparison.Ordinal) => EvictionReply.NotMigratable,
        _ => EvictionReply.KubeVirtRefused,
    };

    private static bool Has(ServerStatus status, string reason) => status.Causes.Any(cause => cause.Reason == reason);
}
