using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What the node lifecycle controller remembers of a node between two looks.</summary>
internal sealed class NodeHealth(string name, string uid, DateTimeOffset now)
{
    private string? _renewTime;
    private string? _heartbeat;

    public string Name { get; } = name;

    public string Uid { get; } = uid;

    /// <summary>When a sign of life was last noticed, by the controller's own clock.</summary>
    public DateTimeOffset LastBeat { get; private set; } = now;

    /// <summary>The status of the Ready condition; null when there is none.</summary>
    public string? Ready { get; private set; }

    public string Zone { get; private set; } = "";

    public bool HasReported => Ready is not null;

    public void Beat(DateTimeOffset now) => LastBeat = now;

    public void SawLease(StoredObject lease, DateTimeOffset now)
    {
        var renewTime = lease.Json["spec"].Text("renewTime");
        if (renewTime != _renewTime)
        {
            _renewTime = renewTime;
            LastBeat = now;
        }
    }

    /// <summary>Takes in a version of the node.</summary>
    /// <returns>Whether it has just stopped being ready.</returns>
    public bool Saw(StoredObject node, DateTimeOffset now)
    {
        var ready = Conditions.Find(node.Json["status"], "Ready");
        var heartbeat = ready.Text("lastHeartbeatTime");
        if (heartbeat != _heartbeat)
        {
            _heartbeat = heartbeat;
            LastBeat = now;
        }

        var was = Ready;
        Ready = ready.Text("status");
        var region = node.Labels.GetValueOrDefault("topology.kubernetes.io/region");
        Zone = $"{region}:\0:{node.Labels.GetValueOrDefault("topology.kubernetes.io/zone")}";
        return was == "True" && Ready != "True";
    }
}
