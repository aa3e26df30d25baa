using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Rest;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api;

/// <summary>The simulated API server without its HTTP front: objects, rules, watches.</summary>
/// <remarks>All views made by <see cref="As"/> share one store. Every member is thread-safe.</remarks>
internal sealed class ApiMachinery : IClusterApi, IRestHandler
{
    private readonly MachineryCore _core;
    private readonly RestVerbs _rest;
    private readonly string _user;

    /// <param name="seed">From which uids, generated names and watch time-outs are drawn.</param>
    public ApiMachinery(SimulatedTime time, int seed = 1)
    {
        _core = new MachineryCore(time, seed);
        _rest = new RestVerbs(_core);
        _user = "system:apiserver";
    }

    private ApiMachinery(ApiMachinery shared, string user)
    {
        _core = shared._core;
        _rest = shared._rest;
        _user = user;
    }

    public SimulatedTime Time => _core.Time;

    /// <summary>What differs between server versions.</summary>
    public ServerFeatures Features => _core.Features;

    /// <summary>The newest revision of the store.</summary>
    public long Revision
    {
        get
        {
            lock (_core.Store.Gate)
            {
                return _core.Store.Revision;
            }
        }
    }

    /// <summary>How many changes of each type a watch can resume over; older resourceVersions are told 410. Default 10,000.</summary>
    public int HistoryLimit
    {
        get => _core.Store.HistoryLimit;
        set => _core.Store.HistoryLimit = value;
    }

    /// <summary>How many watches are open now.</summary>
    public int OpenWatches => _rest.Watches.OpenCount;

    public IClusterApi As(string user) => new ApiMachinery(this, user);

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

    public IReadOnlyList<StoredObject> ListOnNode(ResourceType type, string nodeName)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Indexes.OnNode(type, nodeName);
        }
    }

    public IReadOnlyList<StoredObject> ListLabelled(ResourceType type, string ns, string key, string value)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Indexes.Labelled(type, ns, key, value);
        }
    }

    public IReadOnlyList<StoredObject> ListOwnedBy(string ownerUid)
    {
        lock (_core.Store.Gate)
        {
            return _core.Store.Indexes.Dependents(ownerUid);
        }
    }

    public StoredObject Create(ResourceType type, JsonObject body) => _core.Create(type, body, new WriteContext(_user));

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

    public void AddSubresource(SubresourceHandler handler) => _core.AddSubresource(handler);

    public ApiAnswer Execute(ApiCall call) => _rest.Execute(call);

    /// <summary>Forgets the history of changes: whoever resumes a watch or a paged list from before now is told 410.</summary>
    public void Compact()
    {
        lock (_core.Store.Gate)
        {
            _core.Store.Compact();
        }
    }

    /// <summary>Ends every open watch early and cleanly, as a server does that a client cannot keep up with.</summary>
    public void EndWatches() => _rest.Watches.EndAll();
}
