using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>The API as what lives inside the simulation uses it: controllers, kubelets, KubeVirt. The HTTP front uses the same machinery.</summary>
/// <remarks>
/// <para>Every member is synchronous, atomic and thread-safe. Reads give shared, immutable objects. Writes run admission, set
/// resourceVersion, uid, generation and timestamps, and tell watches and observers, just as a write over HTTP does.</para>
/// <para>Refusals are <see cref="ApiErrorException"/>s with the Status that a client would get.</para>
/// </remarks>
internal interface IClusterApi
{
    /// <summary>The cluster's clock; timestamps come from it, and controllers schedule on it.</summary>
    SimulatedTime Time { get; }

    /// <summary>The same API under another user name, which admission sees and the store's managers record. No rights are checked inside.</summary>
    IClusterApi As(string user);

    StoredObject? Get(ResourceType type, string? ns, string name);

    /// <summary>All of a type, or of one namespace, ordered by namespace and name.</summary>
    IReadOnlyList<StoredObject> List(ResourceType type, string? ns = null);

    /// <summary>Pods by spec.nodeName, or instances of virtual machines by status.nodeName, from an index; ordered by namespace and name.</summary>
    IReadOnlyList<StoredObject> ListOnNode(ResourceType type, string nodeName);

    /// <summary>What carries a label with a value, from an index; ordered by name.</summary>
    IReadOnlyList<StoredObject> ListLabelled(ResourceType type, string ns, string key, string value);

    /// <summary>What names this uid among its owners, of whatever type, from an index; ordered by namespace and name.</summary>
    IReadOnlyList<StoredObject> ListOwnedBy(string ownerUid);

    /// <summary>Creates an object; metadata.generateName works. The body may carry a status and is taken over, not copied.</summary>
    StoredObject Create(ResourceType type, JsonObject body);

    /// <summary>Puts an object in exactly as it is, uid, timestamps and all but resourceVersion included, without admission: for setting a scene.</summary>
    StoredObject Import(ResourceType type, JsonObject body);

    /// <summary>Reads, changes a copy and writes it, in one atomic act; spec, metadata and status alike.</summary>
    /// <param name="uid">When given, another object of the same name counts as gone.</param>
    /// <returns>The new version; the old one if <paramref name="change"/> changed nothing; null if there is no such object.</returns>
    /// <remarks>An object in deletion goes when its last finalizer is taken off, as on a real server.</remarks>
    StoredObject? Modify(ResourceType type, string? ns, string name, Action<JsonObject> change, string? uid = null);

    /// <summary>Deletes with the given options, by default the type's own grace and background propagation.</summary>
    /// <returns>The last version, whether it is gone or only marked; null if there is no such object.</returns>
    StoredObject? Delete(ResourceType type, string? ns, string name, DeleteRequest? request = null);

    /// <summary>Evicts a pod through admission and budgets, as POST …/eviction does.</summary>
    void Evict(string ns, string name, DeleteRequest? request = null);

    /// <summary>Hears of every change, in order, on the simulation's thread. With <paramref name="type"/> only of that type.</summary>
    IDisposable Observe(ResourceType? type, Action<ObjectChange> observer);

    /// <summary>Adds admission: it sees every create, update, delete, eviction and other subresource write of anybody before it happens.</summary>
    void AddAdmission(IAdmission admission);

    /// <summary>Adds a subresource to a type (<c>virtualmachines/start</c>); the handler answers the calls.</summary>
    void AddSubresource(SubresourceHandler handler);
}

/// <summary>What a delete asks for.</summary>
internal sealed record DeleteRequest
{
    /// <summary>Seconds; null means the pod's own; 0 removes a pod object at once.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>When given, a 409 unless it is the object's.</summary>
    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    /// <summary>Background, Foreground or Orphan; null means the type's default (background).</summary>
    public string? PropagationPolicy { get; init; }

    public bool DryRun { get; init; }

    public static DeleteRequest Force { get; } = new() { GracePeriodSeconds = 0 };
}

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One write, as observers hear of it. For a delete both versions are given: <see cref="Object"/> is the last one, with the delete's revision.</summary>
internal sealed record ObjectChange(ChangeKind Kind, StoredObject Object, StoredObject? Previous);

/// <summary>Looks at a write before it happens. Throw <see cref="ApiErrorException"/> to refuse; change <see cref="AdmissionRequest.Object"/> to mutate.</summary>
internal interface IAdmission
{
    void Admit(AdmissionRequest request);
}

internal enum AdmissionOperation
{
    Create,
    Update,
    Delete,
}

/// <summary>A write that waits for admission. It runs inside the atomic act: an admission may read and write through <see cref="IClusterApi"/>.</summary>
internal sealed record AdmissionRequest
{
    public required AdmissionOperation Operation { get; init; }

    public required ResourceType Type { get; init; }

    /// <summary><c>eviction</c>, <c>status</c>, <c>start</c>…; null for the object itself.</summary>
    public string? Subresource { get; init; }

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>The new object (for an eviction the Eviction), open to change; null for a delete.</summary>
    public JsonObject? Object { get; init; }

    public JsonObject? OldObject { get; init; }

    /// <summary>A dry run is admitted too, and must leave no trace.</summary>
    public bool DryRun { get; init; }

    public required string User { get; init; }
}

/// <summary>A subresource of a type, answered by the simulation.</summary>
internal sealed record SubresourceHandler
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    /// <summary>The plural of the parent resource in that group.</summary>
    public required string Plural { get; init; }

    /// <summary>The path under the object: <c>start</c>, <c>evacuate/cancel</c>.</summary>
    public required string Subresource { get; init; }

    public required Func<SubresourceCall, SubresourceAnswer> Handle { get; init; }
}

internal sealed record SubresourceCall(string Verb, string Namespace, string Name, JsonObject? Body, bool DryRun, string User);

internal sealed record SubresourceAnswer(int StatusCode, JsonObject? Body = null);
