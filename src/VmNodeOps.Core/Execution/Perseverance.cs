using System.Runtime.CompilerServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Sits out trouble that passes, until the run's time is up: for reads, and for writes that do no more when they are repeated.</summary>
/// <remarks>The adapter repeats reads for a few seconds only and writes never; whether a longer outage is sat out is a matter of the run's deadline.</remarks>
internal static class Perseverance
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Whether trouble may pass by itself: the server is busy, broken inside, or cannot be reached.</summary>
    public static bool MayPass(ClusterException trouble) =>
        trouble.Cause is ClusterErrorCause.TooManyRequests or ClusterErrorCause.ServerError or ClusterErrorCause.Timeout
            or ClusterErrorCause.Unreachable or ClusterErrorCause.ConnectionLost;

    /// <summary>Tries until it works or the trouble is of the kind that stays.</summary>
    /// <exception cref="ClusterException">Trouble that does not pass by itself.</exception>
    public static async Task<T> PersevereAsync<T>(this StepContext context, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = Longer(wait))
        {
            try
            {
                var result = await attempt(cancellationToken).ConfigureAwait(false);
                context.Services.Trouble.Passed();
                return result;
            }
            catch (ClusterException trouble) when (MayPass(trouble))
            {
                context.Services.Trouble.Note(trouble);
                var asked = trouble.Status?.RetryAfter ?? TimeSpan.Zero;
                await Task.Delay(asked > wait ? asked : wait, context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The same before a run has a context: until the deadline, and then the last trouble.</summary>
    /// <exception cref="ClusterException">Trouble that does not pass by itself, or did not in time.</exception>
    public static async Task<T> PersevereAsync<T>(
        Func<CancellationToken, Task<T>> attempt, TimeProvider time, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline, cancellationToken);
        ClusterException? last = null;
        for (var wait = FirstWait; ; wait = Longer(wait))
        {
            try
            {
                return await attempt(both.Token).ConfigureAwait(false);
            }
            catch (ClusterException trouble) when (MayPass(trouble))
            {
                last = trouble;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && deadline.IsCancellationRequested)
            {
                throw last ?? new ClusterException(ClusterErrorCause.Timeout, "The time of the run was up before it could begin; nothing was written.");
            }

            if (deadline.IsCancellationRequested)
            {
                throw last;
            }

            await Task.Delay(wait, time, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc cref="PersevereAsync{T}(StepContext, Func{CancellationToken, Task{T}}, CancellationToken)"/>
    public static Task PersevereAsync(this StepContext context, Func<CancellationToken, Task> attempt, CancellationToken cancellationToken) =>
        context.PersevereAsync(
            async token =>
            {
                await attempt(token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Writes to one very object, by UID, what does no more when it is repeated; that the object is gone is as good.</summary>
    /// <exception cref="ClusterException">The server refuses for good.</exception>
    public static Task WriteUnlessGoneAsync(this StepContext context, Func<CancellationToken, Task> write, CancellationToken cancellationToken) =>
        context.PersevereAsync(
            async token =>
            {
                try
                {
                    await write(token).ConfigureAwait(false);
                }
                catch (ClusterException gone) when (gone.Cause is ClusterErrorCause.NotFound or ClusterErrorCause.Conflict)
                {
                    // Gone already, or the name is another object's by now.
                }
            },
            cancellationToken);

    /// <summary>Reads a list, and sits out trouble.</summary>
    public static Task<Snapshot<T>> ListAsync<T>(
        this StepContext context, IClusterReader<T> reader, Selection selection, CancellationToken cancellationToken)
        where T : ClusterObject =>
        context.PersevereAsync(token => reader.ListAsync(selection, token), cancellationToken);

    /// <summary>Follows objects; losing and finding contact is noted as trouble and its passing.</summary>
    public static async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        this StepContext context, IClusterReader<T> reader, Selection selection, Snapshot<T> from, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : ClusterObject
    {
        await foreach (var change in reader.WatchAsync(selection, from, cancellationToken).ConfigureAwait(false))
        {
            if (change is { Kind: WatchEventKind.Interrupted, Error: { } trouble })
            {
                context.Services.Trouble.Note(trouble);
            }
            else
            {
                context.Services.Trouble.Passed();
            }

            yield return change;
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new ClusterException("A watch ended although it was to go on.");
    }

    private static TimeSpan Longer(TimeSpan wait) => wait + wait < LongestWait ? wait + wait : LongestWait;
}
