using System.Security.Cryptography;
using System.Text;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>A persistent volume that a driver attaches to nodes.</summary>
/// <param name="Name">The PersistentVolume.</param>
/// <param name="Driver">The CSI driver, the attacher of its attachments.</param>
/// <param name="Handle">The driver's own name for it.</param>
/// <param name="Shared">Whether its access modes let several nodes have it at once (ReadWriteMany, ReadOnlyMany).</param>
internal sealed record AttachableVolume(string Name, string Driver, string Handle, bool Shared)
{
    /// <summary>The name in <c>status.volumesInUse</c> and <c>status.volumesAttached</c> of a node.</summary>
    public string UniqueName => $"kubernetes.io/csi/{Driver}^{Handle}";

    /// <summary>The name of the volume's attachment to a node, as attach/detach controller and kubelet both compute it.</summary>
    public string AttachmentName(string nodeName) =>
        "csi-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Handle + Driver + nodeName)));

    /// <summary>The volume of a PersistentVolume object; null unless a CSI driver serves it.</summary>
    public static AttachableVolume? Of(StoredObject? volume)
    {
        if (volume is null || volume.Json["spec"].Child("csi") is not { } source)
        {
            return null;
        }

        var shared = volume.Json["spec"].Texts("accessModes").Any(mode => mode is "ReadWriteMany" or "ReadOnlyMany");
        return new AttachableVolume(volume.Name, source.Text("driver") ?? "", source.Text("volumeHandle") ?? volume.Name, shared);
    }
}
