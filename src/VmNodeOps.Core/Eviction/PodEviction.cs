using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Gets one pod off the node: asks when it is to be asked, waits when it is to be waited, and knows at any moment what for.</summary>
internal sealed class PodEviction
{
    private readonly StepContext _context;
    private readonly DrainOptions _options;
    private readonly LiveView<Pod> _pods;
    private readonly MachineWatch _machines;
    private readonly KubeVirtInstallation? _installation;
    private EvictionMemory _memory = new();
    private long _retryAt;

    public PodEviction(
        StepContext context, DrainOptions options, LiveView<Pod> pods, MachineWatch machines, KubeVirtInstallation? installation, Pod pod)
    {
        _context = context;
        _options = options;
        _pods = pods;
        _machines = machines;
        _installation = installation;
        Pod = pod;
        Machine = LauncherPods.IsLauncher(pod) ? LauncherPods.InstanceOf(pod) : null;
        Task = Task.CompletedTask;
    }

    /// <summary>The pod as it was when it was first seen.</summary>
    public Pod Pod { get; }

    /// <summary>The machine in it; null for a pod that is no launcher's.</summary>
    public ObjectName? Machine { get; }

    /// <summary>Whom the pod stands for, as people say it.</summary>
    public string Subject => Machine is { } machine ? $"VM {machine}" : $"Pod {Pod.Name}";

    /// <summary>What is done, or awaited, at the moment.</summary>
    public EvictionDecision Current { get; private set; } = new EvictionDecision.Ask();

    /// <summary>The work; ends when the pod is gone.</summary>
    public Task Task { get; private set; }

    public void Begin(CancellationToken cancellationToken) => Task = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var news = _machines.Board.Next(Pod.Name);
            var newsOfMachine = Machine is { } machine ? _machines.Board.Next(machine) : news;
            _pods.EnsureWatching();
            _machines.EnsureWatching();
            if (_pods.Find(Pod.Name) is not { } pod || pod.Uid != Pod.Uid)
            {
                return;
            }

            var isRetryDue = _context.Time.GetTimestamp() >= _retryAt;
            var instance = Machine is { } name ? _machines.FindInstance(name) : null;
            Decide(EvictionJudge.Decide(pod, instance, _installation, _memory with { IsRetryDue = isRetryDue }));
            if (Current is EvictionDecision.Ask)
            {
                await AskAsync(pod, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var untilRetry = Current is EvictionDecision.Wait { UntilRetry: true } && !isRetryDue;
            await WaitAsync([news, newsOfMachine], untilRetry, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What becomes known is told at once, but every sentence only once.</summary>
    private void Decide(EvictionDecision decision)
    {
        if (decision == Current)
        {
            return;
        }

        Current = decision;
        // How it moves is told by those who follow its instance; here is told only what stands against it.
        var trouble = decision switch
        {
            EvictionDecision.Wait { UntilRetry: true } wait => wait.Why,
            EvictionDecision.Stuck stuck => stuck.Why,
            _ => null,
        };
        if (trouble is not null && Machine is { } machine)
        {
            _context.Machines.Note(machine, report => report with { Message = Sentence(trouble) });
        }

        _machines.Board.Raise(Pod.Name);
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}{(text.EndsWith('.') ? "" : ".")}";

    private async Task WaitAsync(Task[] news, bool untilRetry, CancellationToken cancellationToken)
    {
        if (!untilRetry)
        {
            await Task.WhenAny(news).WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var left = TimeSpan.FromTicks(Math.Max(1, (long)((_retryAt - _context.Time.GetTimestamp()) * (double)TimeSpan.TicksPerSecond / _context.Time.TimestampFrequency)));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(left, _context.Time, over.Token);
        await Task.WhenAny([.. news, timer]).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task AskAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _context.Gate.EvictAsync(pod, cancellationToken).ConfigureAwait(false);
            if (answer.Refusal is { } refusal)
            {
                Refused(pod, refusal);
            }
            else
            {
                _memory = new EvictionMemory { Reply = EvictionReply.Accepted, AskedWhenFinished = pod.IsFinished };
            }
        }
        catch (ClusterException exception) when (EvictionReplies.MayPass(exception))
        {
            Remember(pod, EvictionReply.TryLater, exception.Message, exception.Status?.RetryAfter);
            await LookAgainAsync(exception.MayHaveBeenApplied, cancellationToken).ConfigureAwait(false);
        }

        if (_memory.Reply == EvictionReply.NotThere)
        {
            await LookAgainAsync(mayBeGone: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Refused(Pod pod, ServerStatus refusal)
    {
        var reply = EvictionReplies.Read(refusal);
        if (reply == EvictionReply.NotAllowed)
        {
            throw new ClusterException(
                refusal.Code == 401 ? ClusterErrorCause.Unauthorized : ClusterErrorCause.Forbidden,
                $"Could not evict pod {pod.Name}: {EvictionReplies.Words(refusal)}. Grant the right to create pods/eviction there.")
            {
                Status = refusal,
            };
        }

        Remember(pod, reply, EvictionReplies.Words(refusal), refusal.RetryAfter);
    }

    private void Remember(Pod pod, EvictionReply reply, string words, TimeSpan? retryAfter)
    {
        _memory = new EvictionMemory { Reply = reply, Words = words, Attempts = _memory.Attempts + 1, AskedWhenFinished = pod.IsFinished };
        var wait = BackOff.After(_memory.Attempts, pod.Uid, _options);
        var longer = retryAfter > wait ? retryAfter.Value : wait;
        _retryAt = _context.Time.GetTimestamp() + (long)(longer.TotalSeconds * _context.Time.TimestampFrequency);
    }

    /// <summary>
    /// No answer came, or it said that the pod is not there: an eviction may have been carried out, and the watch may be behind. The pod itself is read before anything
    /// is asked again.
    /// </summary>
    private async Task LookAgainAsync(bool mayBeGone, CancellationToken cancellationToken)
    {
        if (!mayBeGone)
        {
            return;
        }

        try
        {
            var pod = await _context.Cluster.Pods.FindAsync(Pod.Name, cancellationToken).ConfigureAwait(false);
            if (pod is null || pod.Uid != Pod.Uid || pod.IsDeleting)
            {
                // The watch will say so too, and then the work is over.
                _memory = _memory with { Reply = EvictionReply.Accepted };
            }
        }
        catch (ClusterException exception) when (EvictionReplies.MayPass(exception))
        {
            _memory = _memory with { Words = exception.Message };
        }
    }
}
