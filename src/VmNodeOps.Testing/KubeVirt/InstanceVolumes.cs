using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The volumes of an instance: claims, the disks behind them, and whether they let it migrate.</summary>
internal sealed class InstanceVolumes(IClusterApi api)
{
    /// <summary>The claim of a volume; a DataVolume's claim bears its name.</summary>
    public static string? Claim(JsonObject volume) => volume.Text("persistentVolumeClaim.claimName") ?? volume.Text("dataVolume.name");

    public static bool IsHotpluggable(JsonObject volume) =>
        volume.Flag("persistentVolumeClaim.hotpluggable") || volume.Flag("dataVolume.hotpluggable");

    public static IEnumerable<JsonObject> Of(StoredObject instance) =>
        (instance.Json.At("spec.volumes") as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The disks that the guest opens for writing.</summary>
    public IReadOnlyList<string> Disks(StoredObject instance) => [.. Of(instance).Select(Claim).OfType<string>().Select(claim => Disk(instance, claim))];

    public IReadOnlyList<string> MissingClaims(StoredObject instance) =>
        [.. Of(instance).Select(Claim).OfType<string>().Where(claim => Get(instance, claim) is null)];

    /// <summary>The first claim that only one node may use, which forbids live migration.</summary>
    public string? UnsharedClaim(StoredObject instance) => Of(instance).Select(Claim).OfType<string>()
        .FirstOrDefault(claim => Get(instance, claim) is { } found && !IsShared(found));

    private static bool IsShared(StoredObject claim) =>
        (claim.Json.At("spec.accessModes") as JsonArray ?? []).Any(mode => (string?)mode == "ReadWriteMany");

    private StoredObject? Get(StoredObject instance, string claim) =>
        api.Get(ResourceTypes.PersistentVolumeClaims, instance.Namespace, claim);

    private string Disk(StoredObject instance, string claim) =>
        Get(instance, claim)?.Json.Text("spec.volumeName") is { Length: > 0 } volume ? volume : Names.Key(instance.Namespace, claim);
}
