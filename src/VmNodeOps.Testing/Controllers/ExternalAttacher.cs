using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// The external-attacher of every CSI driver: it carries VolumeAttachments out on the storage, and its finalizer keeps a deleted one in the API
/// until the volume is off the node.
/// </summary>
internal sealed class ExternalAttacher : Controller
{
    private readonly SimulatedStorage _storage;
    private readonly HashSet<string> _busy = [];
    private readonly Dictionary<string, int> _failures = [];

    public ExternalAttacher(IClusterApi api, SimulatedStorage storage)
        : base(api, "system:serviceaccount:kube-system:csi-attacher") =>
        _storage = storage;

    public override void Start() => Observe(ResourceTypes.VolumeAttachments, OnAttachment);

    private void OnAttachment(ObjectChange change)
    {
        var attachment = change.Object;
        if (change.Kind == ChangeKind.Deleted)
        {
            _failures.Remove(attachment.Uid);
            return;
        }

        if (change.Kind == ChangeKind.Added && IsAttached(attachment))
        {
            // A scene that begins attached.
            _storage.Publish(Volume(attachment), Driver(attachment), Node(attachment), shared: true);
        }

        Look(attachment);
    }

    /// <summary>One call at a time for each attachment.</summary>
    private void Look(StoredObject attachment)
    {
        if (_busy.Contains(attachment.Uid))
        {
            return;
        }

        if (attachment.IsDeleting && HasFinalizer(attachment))
        {
            Plan(attachment, _storage.Options.DetachDelay, Detach);
        }
        else if (!attachment.IsDeleting && !IsAttached(attachment))
        {
            if (!HasFinalizer(attachment))
            {
                Api.Modify(ResourceTypes.VolumeAttachments, null, attachment.Name, json =>
                {
                    var metadata = json.Section("metadata");
                    metadata["finalizers"] ??= new JsonArray();
                    metadata["finalizers"]!.AsArray().AddNode(Finalizer(attachment));
                }, attachment.Uid);
            }

            Plan(attachment, _storage.Options.AttachDelay, Attach);
        }
    }

    private void Plan(StoredObject attachment, TimeSpan delay, Action<StoredObject> act)
    {
        _busy.Add(attachment.Uid);
        Time.After(delay, () =>
        {
            _busy.Remove(attachment.Uid);
            if (Api.Get(ResourceTypes.VolumeAttachments, null, attachment.Name) is { } current && current.Uid == attachment.Uid)
            {
                act(current);
            }
        });
    }

    private void Attach(StoredObject attachment)
    {
        if (attachment.IsDeleting)
        {
            Look(attachment);
            return;
        }

        var volume = AttachableVolume.Of(Api.Get(ResourceTypes.PersistentVolumes, null, Volume(attachment)));
        var error = volume is null
            ? $"could not get PersistentVolume {Volume(attachment)}"
            : _storage.Publish(volume.Name, volume.Driver, Node(attachment), volume.Shared);
        Finish(attachment, error, "attachError", json => json.Section("status")["attached"] = true);
    }

    private void Detach(StoredObject attachment)
    {
        var error = _storage.Unpublish(Volume(attachment), Driver(attachment), Node(attachment));
        Finish(attachment, error, "detachError", json =>
        {
            json.Section("status")["attached"] = false;
            var finalizers = json["metadata"]?["finalizers"] as JsonArray;
            finalizers?.RemoveAll(item => item?.ToString() == Finalizer(attachment));
        });
    }

    private void Finish(StoredObject attachment, string? error, string errorMember, Action<JsonObject> success)
    {
        var written = Api.Modify(ResourceTypes.VolumeAttachments, null, attachment.Name, json =>
        {
            var status = json.Section("status");
            if (error is null)
            {
                status.Remove(errorMember);
                success(json);
            }
            else
            {
                status[errorMember] = new JsonObject { ["time"] = Time.Stamp(), ["message"] = error };
            }
        }, attachment.Uid);
        if (error is null)
        {
            _failures.Remove(attachment.Uid);
        }
        else if (written is not null)
        {
            Retry(attachment);
        }
    }

    private void Retry(StoredObject attachment)
    {
        var failures = _failures[attachment.Uid] = _failures.GetValueOrDefault(attachment.Uid) + 1;
        var wait = _storage.Options.FirstRetry * Math.Pow(2, Math.Min(failures - 1, 20));
        _busy.Add(attachment.Uid);
        Time.After(wait < _storage.Options.LastRetry ? wait : _storage.Options.LastRetry, () =>
        {
            _busy.Remove(attachment.Uid);
            if (Api.Get(ResourceTypes.VolumeAttachments, null, attachment.Name) is { } current && current.Uid == attachment.Uid)
            {
                Look(current);
            }
        });
    }

    private static bool IsAttached(StoredObject attachment) => attachment.Json["status"].Flag("attached");

    private static bool HasFinalizer(StoredObject attachment) => attachment.Json["metadata"].Texts("finalizers").Contains(Finalizer(attachment));

    private static string Finalizer(StoredObject attachment) => "external-attacher/" + Driver(attachment).Replace('.', '-');

    private static string Driver(StoredObject attachment) => attachment.Json["spec"].Text("attacher") ?? "";

    private static string Node(StoredObject attachment) => attachment.Json["spec"].Text("nodeName") ?? "";

    private static string Volume(StoredObject attachment) => attachment.Json["spec"].Child("source").Text("persistentVolumeName") ?? "";
}
