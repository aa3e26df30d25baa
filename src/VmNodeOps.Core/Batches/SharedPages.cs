using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A list that several read page by page, at their own paces: each page is asked for once, by whoever is the first to want it.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
/// <param name="read">Begins the reading.</param>
internal sealed class SharedPages<T>(Func<IAsyncEnumerable<Page<T>>> read) : IAsyncDisposable
    where T : ClusterObject
{
    private readonly Lock _gate = new();
    private readonly List<Task<Page<T>?>> _pages = [];
    private IAsyncEnumerator<Page<T>>? _reading;

    /// <summary>The page of that number, from 0 on; null after the last. Whoever asks for a page has been given the one before.</summary>
    public Task<Page<T>?> FindAsync(int index)
    {
        lock (_gate)
        {
            if (index == _pages.Count)
            {
                _pages.Add(NextAsync(_reading ??= read().GetAsyncEnumerator(CancellationToken.None)));
            }

            return _pages[index];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_reading is not null)
        {
            // Whoever asked for it may have been cancelled while it was under way.
            await ((Task)_pages[^1]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _reading.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<Page<T>?> NextAsync(IAsyncEnumerator<Page<T>> reading) =>
        await reading.MoveNextAsync().ConfigureAwait(false) ? reading.Current : null;
}
