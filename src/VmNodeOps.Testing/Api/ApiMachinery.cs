using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api;

/// <summary>The simulated API server without its HTTP front: objects, rules, watches.</summary>
/// <remarks>All views made by <see cref="As"/> share one store. Every member is thread-safe.</remarks>
internal sealed class ApiMachinery : IClusterApi
{
    private readonly MachineryCore _core;
    private readonly string _user;

    /// <param name="seed">From which uids, generated names and watch time-outs are drawn.</param>
    public ApiMachinery(SimulatedTime time, int seed = 1)
        : this(new MachineryCore(time, seed), "system:apiserver")
    {
    }

    private ApiMachinery(MachineryCore core, string user)
    {
        _core = core;
        _user = user;
    }

    public SimulatedTime Time => _core.Time;

    public IClusterApi As(string user) => new ApiMachinery(_core, user);

    public StoredObject? Get(ResourceType type, string? ns, string name)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Get(type, ns, name);
        }
    }

    public IReadOnlyList<StoredObject> List(ResourceType type, string? ns = null)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Take(type).List(ns);
        }
    }

    public IReadOnlyList<StoredObject> ListPodsOnNode(string nodeName)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Indexes.PodsOnNode(nodeName);
        }
    }

    public IReadOnlyList<StoredObject> ListOwnedBy(string ownerUid)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Indexes.Dependents(ownerUid);
        }
    }

    public StoredObject Create(ResourceType type, JsonObject body)
    {
        lock (_core.Store.Gate)
        {
            var stored = _core.Writer.Create(type, body, new WriteContext(_user));
            _core.Garbage.CheckOwners(stored);
            return stored;
        }
    }

    public StoredObject Import(ResourceType type, JsonObject body) => _core.Writer.Import(type, body);

    public StoredObject? Modify(ResourceType type, string? ns, string name, Action<JsonObject> change, string? uid = null)
    {
        lock (_core.Store.Gate)
        {
            if (_core.Store.Get(type, ns, name) is not { } current || (uid is not null && uid != current.Uid))
            {
                return null;
            }

            return _core.Writer.Change(
                current,
                json =>
                {
                    change(json);
                    return json;
                },
                new WriteContext(_user));
        }
    }

    public StoredObject? Delete(ResourceType type, string? ns, string name, DeleteRequest? request = null) =>
        _core.Deletion.Delete(type, ns, name, request ?? new DeleteRequest(), _user)?.Object;

    public void Evict(string ns, string name, DeleteRequest? request = null)
    {
        var eviction = new JsonObject
        {
            ["kind"] = "Eviction", ["apiVersion"] = "policy/v1", ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
        };
        _core.Eviction.Evict(ns, name, eviction, request ?? new DeleteRequest(), _user);
    }

    public IDisposable Observe(ResourceType? type, Action<ObjectChange> observer)
    {
        lock (_core.Store.Gate)
        {
            return _core.Observers.Add(type, observer);
        }
    }

    public void AddAdmission(IAdmission admission) => _core.Admission.Add(admission);

    public void AddSubresource(SubresourceHandler handler)
    {
        lock (_core.Store.Gate)
        {
            _core.Subresources.Add(handler);
        }
    }
}
