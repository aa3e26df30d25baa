using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Events live an hour after their last change, as kube-apiserver keeps them by default (<c>--event-ttl</c>).</summary>
internal sealed class EventExpiry(IClusterApi api) : Controller(api, "system:apiserver")
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private readonly Queue<(DateTimeOffset Since, StoredObject Event)> _events = new();

    public override void Start()
    {
        Observe(ResourceTypes.Events, change =>
        {
            if (change.Kind != ChangeKind.Deleted)
            {
                _events.Enqueue((Time.GetUtcNow(), change.Object));
            }
        });
        Every(Period, Sweep);
    }

    private void Sweep()
    {
        var limit = Time.GetUtcNow() - Lifetime;
        while (_events.TryPeek(out var oldest) && oldest.Since <= limit)
        {
            _events.Dequeue();
            var noted = oldest.Event;
            if (Api.Get(ResourceTypes.Events, noted.Namespace, noted.Name) is { } current && current.Revision == noted.Revision)
            {
                Api.Delete(ResourceTypes.Events, noted.Namespace, noted.Name);
            }
        }
    }
}
