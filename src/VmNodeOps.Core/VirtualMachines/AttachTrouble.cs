using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What Kubernetes says against the volumes of machines that are to come up: Events of the attach/detach controller about their new pods, which stand nowhere else.</summary>
/// <remarks>
/// Neither instance nor machine tells why a pod waits for its volume. Events are a help and no more: one that is lost, or not allowed to be read, keeps no machine from being followed. One watch serves all
/// machines of the run; it begins with the first that starts. Source: kubernetes, <c>pkg/controller/volume/attachdetach/reconciler</c>.
/// </remarks>
internal sealed class AttachTrouble(StepContext context, string? ns, ChangeBoard board, Func<string, IEnumerable<ObjectName>> ownersOf) : IAsyncDisposable
{
    public const string Reason = "FailedAttachVolume";
    private const string MultiAttach = "Multi-Attach error";
    private readonly Lock _gate = new();
    private LiveView<ClusterEvent>? _events;

    public static IReadOnlyList<AccessQuestion> Rights { get; } =
    [
        new() { Verb = "list", Group = "", Resource = "events" },
        new() { Verb = "watch", Group = "", Resource = "events" },
    ];

    /// <summary>The last trouble of an instance's pods; null if none is told.</summary>
    public string? Of(VirtualMachineInstance instance)
    {
        var last = Begin().Where(told => told.Regarding.Kind == "Pod" && instance.ActivePods.ContainsKey(told.Regarding.Uid)).MaxBy(static told => told.LastSeenAt);
        return last is null ? null : $"{Reason}: {last.Message.Trim().TrimEnd('.')}.{Hint(last.Message)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_events is { } events)
        {
            await events.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A volume that was detached by hand is held for attached until the controller's next look.</summary>
    private static string Hint(string message) =>
        message.StartsWith(MultiAttach, StringComparison.Ordinal) ? " Kubernetes looks once a minute whether a volume was detached." : "";

    private LiveView<ClusterEvent> Begin()
    {
        lock (_gate)
        {
            return _events ??= new LiveView<ClusterEvent>(
                context.Cluster.Events, new Selection { Namespace = ns, Reason = Reason }, from: null, board, told => ownersOf(told.Regarding.Uid), context.Services);
        }
    }
}
