using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>Empties namespaces that are being deleted, and takes out those that are empty.</summary>
internal sealed class NamespaceTermination(ObjectStore store, ObjectDeletion deletion, SimulatedTime time) : IChangeListener
{
    private const string User = "system:serviceaccount:kube-system:namespace-controller";

    private readonly HashSet<string> _terminating = new(StringComparer.Ordinal);

    public void Changed(ObjectChange change)
    {
        var changed = change.Object;
        if (ReferenceEquals(changed.Type, ResourceTypes.Namespaces))
        {
            Note(change);
        }
        else if (change.Kind == ChangeKind.Deleted && changed.Namespace is { } ns && _terminating.Contains(ns))
        {
            time.Post(() => RemoveIfEmpty(ns));
        }
    }

    private void Note(ObjectChange change)
    {
        var name = change.Object.Name;
        if (change.Kind == ChangeKind.Deleted)
        {
            _terminating.Remove(name);
        }
        else if (change.Object.IsDeleting && _terminating.Add(name))
        {
            time.Post(() => Empty(name));
        }
    }

    private void Empty(string ns)
    {
        foreach (var type in ResourceTypes.All.Where(type => type.Namespaced))
        {
            foreach (var stored in Content(type, ns))
            {
                deletion.Delete(type, ns, stored.Name, new DeleteRequest { Uid = stored.Uid }, User);
            }
        }

        RemoveIfEmpty(ns);
    }

    private StoredObject[] Content(ResourceType type, string ns)
    {
        lock (store.Gate)
        {
            return store.Table(type).HasAnyIn(ns) ? store.Take(type).List(ns) : [];
        }
    }

    private void RemoveIfEmpty(string ns)
    {
        lock (store.Gate)
        {
            if (store.Get(ResourceTypes.Namespaces, null, ns) is { IsDeleting: true } stored &&
                !DeletionRules.HasFinalizers(stored.Json) &&
                !ResourceTypes.All.Any(type => type.Namespaced && store.Table(type).HasAnyIn(ns)))
            {
                store.Remove(stored);
            }
        }
    }
}
