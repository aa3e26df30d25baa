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
            Writer.Create(
                ResourceTypes.Namespaces, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = name } }, new("system:apiserver"));
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

    public List<SubresourceHandler> Subresources { get; } = [];
}
