using System.Collections.Immutable;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Passes changes on to controllers, on the simulation's thread, in the order of the writes.</summary>
internal sealed class ObserverList(SimulatedTime time) : IChangeListener
{
    private ImmutableArray<Observation> _observers = [];

    /// <summary>Under the store's lock, so that the observer hears of exactly the changes after this call.</summary>
    public IDisposable Add(ResourceType? type, Action<ObjectChange> observer)
    {
        var observation = new Observation(this, type, observer);
        ImmutableInterlocked.Update(ref _observers, (list, added) => list.Add(added), observation);
        return observation;
    }

    public void Changed(ObjectChange change)
    {
        var observers = _observers;
        foreach (var observer in observers)
        {
            if (observer.Wants(change))
            {
                time.Post(() => observer.Tell(change));
            }
        }
    }

    private sealed class Observation(ObserverList list, ResourceType? type, Action<ObjectChange> observer) : IDisposable
    {
        private volatile bool _disposed;

        public bool Wants(ObjectChange change) => type is null || ReferenceEquals(type, change.Object.Type);

        public void Tell(ObjectChange change)
        {
            if (!_disposed)
            {
                observer(change);
            }
        }

        public void Dispose()
        {
            _disposed = true;
            ImmutableInterlocked.Update(ref list._observers, (observers, gone) => observers.Remove(gone), this);
        }
    }
}
