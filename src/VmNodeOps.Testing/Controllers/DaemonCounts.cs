using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>The numbers in a DaemonSet's status.</summary>
internal sealed class DaemonCounts
{
    private int _desired;
    private int _current;
    private int _ready;
    private int _misplaced;

    public void Add(bool wanted, StoredObject? pod)
    {
        _desired += wanted ? 1 : 0;
        _current += wanted && pod is not null ? 1 : 0;
        _ready += wanted && pod is not null && pod.IsReady ? 1 : 0;
        _misplaced += !wanted && pod is not null ? 1 : 0;
    }

    public void Write(JsonObject set)
    {
        var status = set.Section("status");
        status.Put("currentNumberScheduled", _current);
        status.Put("numberMisscheduled", _misplaced);
        status.Put("desiredNumberScheduled", _desired);
        status.Put("numberReady", _ready);
        status.Put("observedGeneration", set["metadata"].Number("generation") ?? 1);
        status.Put("updatedNumberScheduled", Some(_current));
        status.Put("numberAvailable", Some(_ready));
        status.Put("numberUnavailable", Some(_desired - _ready));
    }

    private static JsonNode? Some(int count) => count == 0 ? null : count;
}
