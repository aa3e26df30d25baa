using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>Deletes what names owners that are all gone, and carries out foreground and orphaning deletes.</summary>
/// <remarks>It acts on the simulation's thread after the write, as the real collector acts after what it has watched.</remarks>
internal sealed class GarbageCollector(ObjectStore store, ObjectWriter writer, ObjectDeletion deletion, SimulatedTime time) : IChangeListener
{
    private static readonly WriteContext Context = new("system:serviceaccount:kube-system:generic-garbage-collector");

    public void Changed(ObjectChange change)
    {
        var changed = change.Object;
        if (change.Kind == ChangeKind.Deleted)
        {
            OwnerGone(changed);
            return;
        }

        if (changed.IsDeleting && PolicyOf(changed) is { } policy && (change.Previous is null || PolicyOf(change.Previous) != policy))
        {
            time.Post(() => CarryOut(changed.Uid));
        }

        // Only a new reference can dangle without a delete that tells; scenes that are imported may show pieces without their owners.
        if (change.Previous is not null && !SameOwners(change.Previous, changed))
        {
            CheckOwners(changed);
        }
    }

    /// <summary>An object that is created with owners that do not exist is collected too.</summary>
    public void CheckOwners(StoredObject stored)
    {
        if (stored.Owners.Count > 0)
        {
            time.Post(() => CollectIfOrphaned(stored));
        }
    }

    private void OwnerGone(StoredObject owner)
    {
        if (store.Indexes.HasDependents(owner.Uid))
        {
            time.Post(() =>
            {
                foreach (var dependent in Dependents(owner.Uid))
                {
                    CollectIfOrphaned(dependent);
                }
            });
        }

        foreach (var parent in owner.Owners)
        {
            if (store.Indexes.ByUid(parent.Uid) is { IsDeleting: true } waiting && PolicyOf(waiting) == PropagationFinalizers.Foreground)
            {
                time.Post(() => CarryOut(parent.Uid));
            }
        }
    }

    private void CollectIfOrphaned(StoredObject stored)
    {
        lock (store.Gate)
        {
            if (store.Indexes.ByUid(stored.Uid) is not { } current || current.IsDeleting)
            {
                return;
            }

            if (current.Owners.Count > 0 && current.Owners.All(IsGone))
            {
                deletion.Delete(
                    current.Type,
                    current.Namespace,
                    current.Name,
                    new DeleteRequest { Uid = current.Uid, PropagationPolicy = "Background" },
                    Context.User);
            }
        }
    }

    /// <summary>An owner of a kind that this server does not serve cannot be looked up, and so is never taken for gone.</summary>
    private bool IsGone(OwnerReference owner) =>
        ResourceTypes.All.Any(type => type.Kind == owner.Kind && type.Group == GroupOf(owner.ApiVersion)) && store.Indexes.ByUid(owner.Uid) is null;

    private void CarryOut(string uid)
    {
        lock (store.Gate)
        {
            if (store.Indexes.ByUid(uid) is not { IsDeleting: true } owner)
            {
                return;
            }

            var dependents = Dependents(uid);
            switch (PolicyOf(owner))
            {
                case PropagationFinalizers.Orphan:
                    Release(dependents, uid);
                    TakeOff(owner, PropagationFinalizers.Orphan);
                    break;
                case PropagationFinalizers.Foreground:
                    DeleteInForeground(dependents);
                    TakeOffWhenFree(uid);
                    break;
            }
        }
    }

    private void DeleteInForeground(IReadOnlyList<StoredObject> dependents)
    {
        foreach (var dependent in dependents.Where(dependent => !dependent.IsDeleting))
        {
            deletion.Delete(
                dependent.Type,
                dependent.Namespace,
                dependent.Name,
                new DeleteRequest { Uid = dependent.Uid, PropagationPolicy = "Foreground" },
                Context.User);
        }
    }

    private void TakeOffWhenFree(string uid)
    {
        var blocked = Dependents(uid).Any(dependent =>
            dependent.Owners.Any(owner => owner.Uid == uid && owner.BlocksDeletion));
        if (!blocked && store.Indexes.ByUid(uid) is { } owner)
        {
            TakeOff(owner, PropagationFinalizers.Foreground);
        }
    }

    private void Release(IReadOnlyList<StoredObject> dependents, string ownerUid)
    {
        foreach (var dependent in dependents)
        {
            writer.Change(dependent, json => Without(json, "ownerReferences", owner => (string?)owner!["uid"] == ownerUid), Context);
        }
    }

    private void TakeOff(StoredObject owner, string finalizer) =>
        writer.Change(owner, json => Without(json, "finalizers", entry => (string?)entry == finalizer), Context);

    private static JsonObject Without(JsonObject json, string list, Func<JsonNode?, bool> unwanted)
    {
        var metadata = json["metadata"]!.AsObject();
        if (metadata[list] is JsonArray entries)
        {
            entries.RemoveAll(entry => unwanted(entry));
            if (entries.Count == 0)
            {
                metadata.Remove(list);
            }
        }

        return json;
    }

    private IReadOnlyList<StoredObject> Dependents(string uid)
    {
        lock (store.Gate)
        {
            return store.Indexes.Dependents(uid);
        }
    }

    private static string? PolicyOf(StoredObject stored) =>
        stored.Json["metadata"]!["finalizers"] is JsonArray finalizers
            ? finalizers.Select(finalizer => (string?)finalizer).FirstOrDefault(finalizer =>
                finalizer is PropagationFinalizers.Foreground or PropagationFinalizers.Orphan)
            : null;

    private static bool SameOwners(StoredObject previous, StoredObject stored) => previous.Owners.SequenceEqual(stored.Owners);

    private static string GroupOf(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? apiVersion[..slash] : "";
}
