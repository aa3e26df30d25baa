using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Deletion;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api;

/// <summary>The parts of the API server that all its callers share.</summary>
internal sealed class MachineryCore
{
    private static readonly string[] SystemNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public MachineryCore(SimulatedTime time, int seed)
    {
        Time = time;
        Names = new NameSource(seed);
        Admission = new AdmissionChain(Store);
        Writer = new ObjectWriter(Store, Admission, Names, time);
        Deletion = new ObjectDeletion(Store, Admission, time);
        Eviction = new PodEviction(Store, Admission, Writer, Deletion, time);
        Garbage = new GarbageCollector(Store, Writer, Deletion, time);
        Observers = new ObserverList(time);
        Store.Listen(Observers);
        Store.Listen(Garbage);
        Store.Listen(new NamespaceTermination(Store, Deletion, time));
        foreach (var name in SystemNamespaces)
        {
            var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
            Writer.Create(ResourceTypes.Namespaces, body, new WriteContext("system:apiserver"));
        }
    }

    public SimulatedTime Time { get; }

    public ObjectStore Store { get; } = new();

    public NameSource Names { get; }

    public AdmissionChain Admission { get; }

    public ObjectWriter Writer { get; }

    public ObjectDeletion Deletion { get; }

    public PodEviction Eviction { get; }

    public GarbageCollector Garbage { get; }

    public ObserverList Observers { get; }

    public ServerFeatures Features { get; } = new();

    private List<SubresourceHandler> Subresources { get; } = [];

    public void AddSubresource(SubresourceHandler handler)
    {
        lock (Store.Gate)
        {
            Subresources.Add(handler);
        }
    }

    public SubresourceHandler? SubresourceOf(ApiCall call)
    {
        lock (Store.Gate)
        {
            return Subresources.Find(handler =>
                handler.Group == call.Type.Group && handler.Plural == call.Type.Plural && handler.Subresource == call.Subresource);
        }
    }

    /// <summary>Creates an object and has the garbage collector look at its owners.</summary>
    public StoredObject Create(ResourceType type, JsonObject body, WriteContext context)
    {
        lock (Store.Gate)
        {
            var stored = Writer.Create(type, body, context);
            if (!context.DryRun)
            {
                Garbage.CheckOwners(stored);
            }

            return stored;
        }
    }
}
