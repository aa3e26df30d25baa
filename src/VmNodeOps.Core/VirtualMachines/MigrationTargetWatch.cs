using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Looks at the pod that is to receive one machine, but only once its migration has waited for that pod for a while: most pods start at once.</summary>
/// <remarks>
/// What the scheduler says against the pod is nowhere else to be seen: neither instance nor migration tell it. The pod is on another node, or on none, so the watch of
/// this node's pods does not show it. Used by one task at a time.
/// </remarks>
internal sealed class MigrationTargetWatch(StepContext context, ChangeBoard board, ObjectIdentity instance) : IAsyncDisposable
{
    private const string JobLabel = "kubevirt.io/migrationJobUID";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private LiveView<Pod>? _pods;
    private string? _migration;
    private long _since;

    /// <summary>The pod that waits to receive the machine; null if there is none, or it has not waited long enough to be looked at.</summary>
    public Pod? Find(IReadOnlyList<Migration> migrations)
    {
        var waiting = migrations.LastOrDefault(static migration => migration.Phase == MigrationPhase.Scheduling)?.Uid;
        if (waiting != _migration)
        {
            (_migration, _since) = (waiting, context.Time.GetTimestamp());
        }

        return _migration is null ? null : _pods?.Items.FirstOrDefault(pod => pod.Labels.GetValueOrDefault(JobLabel) == _migration && LauncherPods.IsLauncher(pod));
    }

    /// <summary>Waits for news of the machine, and begins to look when the time for it has come.</summary>
    public async Task WaitAsync(Task news, CancellationToken cancellationToken)
    {
        if (_migration is null)
        {
            await StopAsync().ConfigureAwait(false);
        }

        if (_migration is null || _pods is not null)
        {
            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var left = Patience - context.Time.GetElapsedTime(_since);
        if (left > TimeSpan.Zero)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(news, Task.Delay(Delays.RoundUp(left), context.Time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        // All pods of the instance: a later migration of it has another one, and is seen by the same watch.
        _pods = new LiveView<Pod>(
            context.Cluster.Pods,
            new Selection { Namespace = instance.Name.Namespace, Labels = $"{LauncherPods.Selector},{LauncherPods.InstanceLabel}={instance.Uid}" },
            from: null, board, _ => [instance.Name], context.Services);
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task StopAsync()
    {
        if (_pods is { } pods)
        {
            _pods = null;
            await pods.DisposeAsync().ConfigureAwait(false);
        }
    }
}
