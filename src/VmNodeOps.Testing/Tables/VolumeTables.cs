using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Volumes, claims and attachments.</summary>
internal static class VolumeTables
{
    public static TableDefinition Attachments { get; } = TableCatalog.Aged(
        [
            new("Attacher", Format: "name", Description: "The driver that attaches."),
            new("PV", Description: "The volume."),
            new("Node", Description: "The node to attach to."),
            new("Attached", "boolean", Description: "Whether it is attached."),
        ],
        (json, _) =>
        [
            json.Text("spec", "attacher"), json.Text("spec", "source", "persistentVolumeName") ?? "", json.Text("spec", "nodeName"),
            json.Text("status", "attached") == "true",
        ]);

    public static TableDefinition Volumes { get; } = TableCatalog.Aged(
        [new("Capacity"), new("Access Modes"), new("Reclaim Policy"), new("Status"), new("Claim"), new("StorageClass"), new("VolumeAttributesClass"), new("Reason")],
        (json, _) =>
        [
            json.Text("spec", "capacity", "storage") ?? "", Modes(json), json.Text("spec", "persistentVolumeReclaimPolicy") ?? "", Phase(json),
            json.At("spec", "claimRef") is JsonObject claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : "",
            json.Text("spec", "storageClassName") ?? "", json.Text("spec", "volumeAttributesClassName") ?? "<unset>",
            json.Text("status", "reason") ?? "",
        ],
        [new("VolumeMode")],
        json => [json.Text("spec", "volumeMode") ?? "<unset>"]);

    public static TableDefinition Claims { get; } = TableCatalog.Aged(
        [new("Status"), new("Volume"), new("Capacity"), new("Access Modes"), new("StorageClass"), new("VolumeAttributesClass")],
        (json, _) =>
        [
            Phase(json), json.Text("spec", "volumeName") ?? "", json.Text("status", "capacity", "storage") ?? "", Modes(json),
            json.Text("spec", "storageClassName") ?? "", json.Text("spec", "volumeAttributesClassName") ?? "<unset>",
        ],
        [new("VolumeMode")],
        json => [json.Text("spec", "volumeMode") ?? "<unset>"]);

    private static string Phase(JsonObject json) =>
        json.Text("metadata", "deletionTimestamp") is not null ? "Terminating" : json.Text("status", "phase") ?? "";

    private static string Modes(JsonObject json) => json.At("spec", "accessModes") is not JsonArray modes ? "" : string.Join(
        ',',
        modes.Select(mode => (string?)mode switch
        {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            var other => other,
        }));
}
