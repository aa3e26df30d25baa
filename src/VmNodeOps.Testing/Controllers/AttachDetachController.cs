using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// Attaches volumes where pods are bound and detaches where none wants them. It acts on what it believes attached: an attachment that
/// somebody else deletes is believed in until the next sync, and only then may another node have a volume that is not shared.
/// </summary>
internal sealed class AttachDetachController : Controller
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly AttachDetachOptions _options;
    private readonly EventRecorder _events;
    private readonly VolumeDemand _demand;
    private readonly Dictionary<string, SortedDictionary<string, VolumeOnNode>> _believed = [];
    private readonly Dictionary<string, NodeVolumes> _nodes = [];
    private readonly HashSet<(string Volume, string Node)> _reported = [];
    private readonly WorkQueue<string> _volumes;
    private readonly WorkQueue<string> _nodeStatus;

    public AttachDetachController(IClusterApi api, AttachDetachOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:attachdetach-controller")
    {
        _options = options ?? new AttachDetachOptions();
        _events = new EventRecorder(Api, "attachdetach-controller", events);
        _demand = new VolumeDemand(Api);
        _volumes = Queue<string>(TimeSpan.Zero, Reconcile);
        _nodeStatus = Queue<string>(TimeSpan.Zero, WriteVolumesAttached);
    }

    public override void Start()
    {
        Time.Post(() => Believe(Api.List(ResourceTypes.VolumeAttachments)));
        Observe(ResourceTypes.Nodes, OnNode);
        Observe(ResourceTypes.Pods, change => Requeue(_demand.Take(change.Object, change.Kind == ChangeKind.Deleted)));
        Observe(ResourceTypes.VolumeAttachments, OnAttachment);
        Observe(ResourceTypes.PersistentVolumeClaims, _ => RetryUnbound());
        Every(_options.SyncPeriod, Sync);
    }

    private void Requeue(IReadOnlyList<string> volumes)
    {
        foreach (var volume in volumes)
        {
            _volumes.Add(volume);
        }
    }

    /// <summary>At its start it believes what the API shows.</summary>
    private void Believe(IReadOnlyList<StoredObject> attachments)
    {
        foreach (var attachment in attachments)
        {
            var spec = attachment.Json["spec"];
            var name = spec.Child("source").Text("persistentVolumeName");
            var volume = name is null ? null : AttachableVolume.Of(Api.Get(ResourceTypes.PersistentVolumes, null, name));
            if (volume is not null && spec.Text("nodeName") is { } node && attachment.Json["status"].Flag("attached"))
            {
                Believe(volume, node, attachment.Name).State = VolumeState.Attached;
                _volumes.Add(volume.Name);
                _nodeStatus.Add(node);
            }
        }
    }

    private VolumeOnNode Believe(AttachableVolume volume, string node, string attachmentName)
    {
        if (!_believed.TryGetValue(volume.Name, out var nodes))
        {
            _believed[volume.Name] = nodes = new SortedDictionary<string, VolumeOnNode>(StringComparer.Ordinal);
        }

        NodeOf(node).Believed.Add(volume.Name);
        return nodes[node] = new VolumeOnNode(volume, node, attachmentName);
    }

    private void Disbelieve(VolumeOnNode entry)
    {
        if (_believed.TryGetValue(entry.Volume.Name, out var nodes) && nodes.Remove(entry.Node) && nodes.Count == 0)
        {
            _believed.Remove(entry.Volume.Name);
        }

        NodeOf(entry.Node).Believed.Remove(entry.Volume.Name);
        _nodeStatus.Add(entry.Node);
        _volumes.Add(entry.Volume.Name);
    }

    private NodeVolumes NodeOf(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
        {
            _nodes[name] = node = new NodeVolumes();
        }

        return node;
    }

    /// <summary>A node that is gone keeps what it last reported in use.</summary>
    private void OnNode(ObjectChange change)
    {
        if (NodeOf(change.Object.Name).Take(change.Kind == ChangeKind.Deleted ? null : change.Object))
        {
            foreach (var volume in NodeOf(change.Object.Name).Believed)
            {
                _volumes.Add(volume);
            }
        }
    }

    private void OnAttachment(ObjectChange change)
    {
        var attachment = change.Object;
        var spec = attachment.Json["spec"];
        if (spec.Child("source").Text("persistentVolumeName") is not { } volume
            || spec.Text("nodeName") is not { } node
            || Entry(volume, node) is not { } entry
            || entry.AttachmentName != attachment.Name)
        {
            return;
        }

        if (change.Kind == ChangeKind.Deleted)
        {
            // Deleted by somebody else while attached: that is not noticed here.
            if (entry.State != VolumeState.Attached)
            {
                Disbelieve(entry);
            }
        }
        else if (entry.State == VolumeState.Attaching && attachment.Json["status"].Flag("attached"))
        {
            Attached(entry);
        }
    }

    private VolumeOnNode? Entry(string volume, string node) =>
        _believed.TryGetValue(volume, out var nodes) && nodes.TryGetValue(node, out var entry) ? entry : null;

    private void Attached(VolumeOnNode entry)
    {
        entry.State = VolumeState.Attached;
        _reported.Remove((entry.Volume.Name, entry.Node));
        _nodeStatus.Add(entry.Node);
        _volumes.Add(entry.Volume.Name);
        TellPods(entry.Volume.Name, entry.Node, pod => _events.Normal(
            pod, "SuccessfulAttachVolume", $"AttachVolume.Attach succeeded for volume \"{entry.Volume.Name}\" "));
    }

    private void TellPods(string volume, string node, Action<StoredObject> tell)
    {
        foreach (var (ns, name) in _demand.PodsWanting(volume, node))
        {
            if (Api.Get(ResourceTypes.Pods, ns, name) is { } pod)
            {
                tell(pod);
            }
        }
    }

    private void RetryUnbound()
    {
        foreach (var (ns, name) in _demand.Unbound)
        {
            if (Api.Get(ResourceTypes.Pods, ns, name) is { } pod)
            {
                Requeue(_demand.Take(pod, gone: false));
            }
        }
    }

    /// <summary>Every so often it looks whether what it believes attached still is.</summary>
    private void Sync()
    {
        foreach (var entry in _believed.OrderBy(item => item.Key, StringComparer.Ordinal).SelectMany(item => item.Value.Values).ToList())
        {
            if (entry.State == VolumeState.Attached
                && Api.Get(ResourceTypes.VolumeAttachments, null, entry.AttachmentName)?.Json["status"].Flag("attached") != true)
            {
                Disbelieve(entry);
            }
        }
    }

    private void Reconcile(string volume)
    {
        if (_believed.TryGetValue(volume, out var nodes))
        {
            foreach (var entry in nodes.Values.ToList())
            {
                DetachIfUnwanted(entry);
            }
        }

        foreach (var node in _demand.NodesWanting(volume))
        {
            if (Entry(volume, node) is null && _demand.Volume(volume) is { } attachable)
            {
                AttachIfFree(attachable, node);
            }
        }
    }

    private void DetachIfUnwanted(VolumeOnNode entry)
    {
        if (_demand.IsWanted(entry.Volume.Name, entry.Node))
        {
            entry.DetachRequested = null;
            return;
        }

        if (entry.State != VolumeState.Attached)
        {
            return;
        }

        var now = Time.GetUtcNow();
        var first = entry.DetachRequested is null;
        var requested = entry.DetachRequested ??= now;
        var node = NodeOf(entry.Node);
        var forced = !node.IsHealthy && now - requested >= _options.MaximumWaitForUnmount;
        if (node.InUse.Contains(entry.Volume.UniqueName) && !forced && !node.IsOutOfService)
        {
            if (first)
            {
                _volumes.AddAfter(entry.Volume.Name, _options.MaximumWaitForUnmount);
            }

            return;
        }

        entry.State = VolumeState.Detaching;
        _nodeStatus.Add(entry.Node);
        if (Api.Delete(ResourceTypes.VolumeAttachments, null, entry.AttachmentName) is null)
        {
            Disbelieve(entry);
        }
    }

    private void AttachIfFree(AttachableVolume volume, string node)
    {
        if (!volume.Shared && _believed.TryGetValue(volume.Name, out var elsewhere) && elsewhere.Count > 0)
        {
            ReportMultiAttach(volume, node, [.. elsewhere.Keys]);
            return;
        }

        var name = volume.AttachmentName(node);
        var existing = Api.Get(ResourceTypes.VolumeAttachments, null, name);
        if (existing is { IsDeleting: true })
        {
            // The volume manager calls that an error and tries again.
            _volumes.AddAfter(volume.Name, RetryDelay);
            return;
        }

        var entry = Believe(volume, node, name);
        if (existing is null)
        {
            Create(volume, node, name);
        }
        else if (existing.Json["status"].Flag("attached"))
        {
            Attached(entry);
        }
    }

    private void Create(AttachableVolume volume, string node, string name) => Api.Create(ResourceTypes.VolumeAttachments, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["attacher"] = volume.Driver,
            ["source"] = new JsonObject { ["persistentVolumeName"] = volume.Name },
            ["nodeName"] = node,
        },
        ["status"] = new JsonObject { ["attached"] = false },
    });

    /// <summary>Once for each try; it names the pods that hold the volume, as far as they are of the same namespace.</summary>
    private void ReportMultiAttach(AttachableVolume volume, string node, IReadOnlyList<string> elsewhere)
    {
        if (!_reported.Add((volume.Name, node)))
        {
            return;
        }

        var holders = elsewhere.SelectMany(other => _demand.PodsWanting(volume.Name, other)).ToList();
        TellPods(volume.Name, node, pod => _events.Warning(
            pod, "FailedAttachVolume", $"Multi-Attach error for volume \"{volume.Name}\" {MultiAttach.Why(holders, pod.Namespace!)}"));
    }

    private void WriteVolumesAttached(string node)
    {
        var attached = NodeOf(node).Believed.Select(volume => Entry(volume, node)!).Where(entry => entry.State == VolumeState.Attached)
            .Select(entry => (JsonNode)new JsonObject { ["name"] = entry.Volume.UniqueName, ["devicePath"] = "" }).ToArray();
        Api.Modify(ResourceTypes.Nodes, null, node, json =>
            json.Section("status").Put("volumesAttached", attached.Length == 0 ? null : new JsonArray(attached)));
    }
}
