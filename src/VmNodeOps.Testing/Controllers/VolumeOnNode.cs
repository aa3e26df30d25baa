using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What the attach/detach controller believes about one volume on one node; only its own acts and its sync change the belief.</summary>
internal sealed class VolumeOnNode(AttachableVolume volume, string node, string attachmentName)
{
    public AttachableVolume Volume { get; } = volume;

    public string Node { get; } = node;

    public string AttachmentName { get; } = attachmentName;

    public VolumeState State { get; set; }

    /// <summary>When it first found that no pod on the node wants the volume any more.</summary>
    public DateTimeOffset? DetachRequested { get; set; }
}

/// <summary>How far an attach or detach has come.</summary>
internal enum VolumeState
{
    Attaching,
    Attached,
    Detaching,
}
