using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>Creates and changes objects under the rules that hold for every write, whoever makes it.</summary>
internal sealed class ObjectWriter(ObjectStore store, AdmissionChain admission, NameSource names, SimulatedTime time)
{
    private const int MostAttempts = 5;

    /// <summary>What a writer may not set; the stored values stay.</summary>
    private static readonly string[] ServerOwned =
        ["name", "generateName", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

    public StoredObject Create(ResourceType type, JsonObject body, WriteContext context)
    {
        lock (store.Gate)
        {
            var prepared = Prepare(type, body, context);
            var metadata = prepared["metadata"]!;
            var name = (string)metadata["name"]!;
            var ns = (string?)metadata["namespace"];
            admission.Admit(new AdmissionRequest
            {
                Operation = AdmissionOperation.Create, Type = type, Namespace = ns, Name = name, Object = prepared, DryRun = context.DryRun,
                User = context.User,
            });
            if (store.Get(type, ns, name) is not null)
            {
                throw ApiErrors.AlreadyExists(type, name);
            }

            return context.DryRun ? new StoredObject(type, prepared, 0) : store.Put(type, prepared);
        }
    }

    /// <summary>Sets a scene: no admission, no defaults; only kind, uid and times are filled in where they are missing.</summary>
    public StoredObject Import(ResourceType type, JsonObject body)
    {
        lock (store.Gate)
        {
            var json = ObjectShape.Ordered(type, body);
            var metadata = json["metadata"]!.AsObject();
            metadata["uid"] ??= names.Uid();
            metadata["creationTimestamp"] ??= Timestamps.Seconds(time.GetUtcNow());
            var existing = store.Get(type, (string?)metadata["namespace"], (string)metadata["name"]!);
            if (existing is not null && existing.Uid != (string)metadata["uid"]!)
            {
                store.Remove(existing);
            }

            return store.Put(type, json);
        }
    }

    /// <summary>Reads, changes a copy, admits and stores it.</summary>
    /// <returns>The new version, or the stored one if nothing changed. An object in deletion that has nothing left to wait for goes.</returns>
    public StoredObject Change(StoredObject current, Func<JsonObject, JsonObject> change, WriteContext context)
    {
        lock (store.Gate)
        {
            for (var attempt = 1; ; attempt++)
            {
                var next = Admitted(current, change, context);
                var latest = store.Get(current.Type, current.Namespace, current.Name);
                if (ReferenceEquals(latest, current))
                {
                    return Store(current, next, context);
                }

                // An admission wrote the object itself: the change is made anew on what it left.
                current = latest is not null && latest.Uid == current.Uid && attempt < MostAttempts
                    ? latest
                    : throw ApiErrors.Modified(current.Type, current.Name);
            }
        }
    }

    private JsonObject Admitted(StoredObject current, Func<JsonObject, JsonObject> change, WriteContext context)
    {
        var next = change(current.Json.DeepClone().AsObject());
        next = ObjectShape.Ordered(current.Type, JsonBytes.Canonical(next));
        KeepServerOwned(current.Json, next);
        EmptyMembers.Drop(current.Type, next);
        if (context.SeparatesStatus)
        {
            SeparateStatus(current, next, context.Subresource == "status");
        }

        admission.Admit(new AdmissionRequest
        {
            Operation = AdmissionOperation.Update, Type = current.Type, Subresource = context.Subresource, Namespace = current.Namespace,
            Name = current.Name, Object = next, OldObject = current.Json, DryRun = context.DryRun, User = context.User,
        });
        return next;
    }

    private StoredObject Store(StoredObject current, JsonObject next, WriteContext context)
    {
        if (Deletion.DeletionRules.IsFinished(current.Type, next))
        {
            return context.DryRun ? new StoredObject(current.Type, next, current.Revision) : store.Remove(current, next);
        }

        if (JsonNode.DeepEquals(current.Json, next))
        {
            return current;
        }

        if (Generations.Raises(current.Type, current.Json, next))
        {
            Generations.Raise(next);
        }

        return context.DryRun ? new StoredObject(current.Type, next, current.Revision) : store.Put(current.Type, next);
    }

    private JsonObject Prepare(ResourceType type, JsonObject body, WriteContext context)
    {
        var json = ObjectShape.Ordered(type, JsonBytes.Canonical(body));
        var metadata = json["metadata"]!.AsObject();
        if (string.IsNullOrEmpty((string?)metadata["name"]))
        {
            metadata["name"] = (string?)metadata["generateName"] is { Length: > 0 } prefix
                ? names.Name(prefix)
                : throw ApiErrors.Invalid(type, "", "FieldValueRequired", "Required value: name or generateName is required", "metadata.name");
        }

        foreach (var member in (string[])["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generation"])
        {
            metadata.Remove(member);
        }

        metadata["uid"] = names.Uid();
        metadata["creationTimestamp"] = Timestamps.Seconds(time.GetUtcNow());
        if (Generations.Has(type))
        {
            metadata["generation"] = 1;
        }

        EmptyMembers.Drop(type, json);
        CreationRules.Apply(type, json, context.SeparatesStatus, store);
        return json;
    }

    private static void KeepServerOwned(JsonObject current, JsonObject next)
    {
        var stored = current["metadata"]!.AsObject();
        var metadata = next["metadata"]!.AsObject();
        foreach (var member in ServerOwned)
        {
            Copy(stored, metadata, member);
        }

        Copy(stored, metadata, "resourceVersion");
    }

    private static void SeparateStatus(StoredObject current, JsonObject next, bool toStatus)
    {
        if (!toStatus)
        {
            if (current.Type.HasStatus)
            {
                Copy(current.Json, next, "status");
            }

            return;
        }

        // A write to …/status changes the status and, of the metadata, nothing that a client would look for there.
        foreach (var member in current.Json.Select(member => member.Key).Union(next.Select(member => member.Key)).ToList())
        {
            if (member != "status")
            {
                Copy(current.Json, next, member);
            }
        }
    }

    private static void Copy(JsonObject from, JsonObject to, string member)
    {
        if (from[member] is { } value)
        {
            if (!JsonNode.DeepEquals(value, to[member]))
            {
                to[member] = value.DeepClone();
            }
        }
        else
        {
            to.Remove(member);
        }
    }
}
