using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Something that watches the API and acts on it, all on the simulation's thread.</summary>
internal abstract class Controller(IClusterApi api, string user) : IDisposable
{
    private readonly List<IDisposable> _running = [];
    private bool _disposed;

    protected IClusterApi Api { get; } = api.As(user);

    protected SimulatedTime Time => Api.Time;

    /// <summary>Begins to observe; what exists already is heard as added.</summary>
    public abstract void Start();

    public void Dispose()
    {
        _disposed = true;
        foreach (var running in _running)
        {
            running.Dispose();
        }

        _running.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Hears of every object of a type and of every change. An object may be told of twice at the start, and in an older version: handlers
    /// note what to look at, and look at what the API says then.
    /// </summary>
    protected void Observe(ResourceType type, Action<ObjectChange> handler)
    {
        Own(Api.Observe(type, handler));
        Time.Post(() =>
        {
            if (_disposed)
            {
                return;
            }

            foreach (var item in Api.List(type))
            {
                handler(new ObjectChange(ChangeKind.Added, item, null));
            }
        });
    }

    protected void Every(TimeSpan period, Action work) => Own(Time.Every(period, work));

    protected WorkQueue<TKey> Queue<TKey>(TimeSpan delay, Action<TKey> work)
        where TKey : notnull => Own(new WorkQueue<TKey>(Time, delay, work));

    private T Own<T>(T running)
        where T : IDisposable
    {
        _running.Add(running);
        return running;
    }
}
