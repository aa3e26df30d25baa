using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A journal as the texts of a ConfigMap: the JSON, and its checksum, by which an edit by hand is seen.</summary>
internal static class JournalText
{
    /// <summary>The API server takes 1 MiB with everything; the rest is room for metadata.</summary>
    public const int LongestJournal = 900 * 1024;

    private const string JournalKey = "journal.json";
    private const string ChecksumKey = "sha256";

    public static IReadOnlyDictionary<string, string> Write(MaintenanceJournal journal)
    {
        var json = JsonSerializer.Serialize(journal, MaintenanceJson.Lines.MaintenanceJournal);
        if (Encoding.UTF8.GetByteCount(json) > LongestJournal)
        {
            throw new ClusterException(
                ClusterErrorCause.Invalid,
                $"The journal of node {journal.NodeName} would be longer than {LongestJournal / 1024} KiB, with {journal.Machines.Count} virtual machines. Move some of them away by hand first.");
        }

        return new Dictionary<string, string> { [JournalKey] = json, [ChecksumKey] = Checksum(json) };
    }

    /// <summary>Reads a journal that is trusted for one node only.</summary>
    /// <returns>The journal, or why it cannot be used.</returns>
    public static (MaintenanceJournal? Journal, string? Objection) Read(ConfigMap stored, string nodeName)
    {
        if (!stored.Data.TryGetValue(JournalKey, out var json) || !stored.Data.TryGetValue(ChecksumKey, out var checksum))
        {
            return (null, $"it has no {JournalKey} or no {ChecksumKey}");
        }

        // The version first: a newer one may have changed everything else.
        if (VersionedJson.VersionOf(json) is { } version && version > MaintenanceJournal.CurrentSchemaVersion)
        {
            return (null, $"it was written by a newer VmNodeOps (schema version {version}; this one reads up to {MaintenanceJournal.CurrentSchemaVersion})");
        }

        if (Checksum(json) != checksum)
        {
            return (null, "it was changed by hand, or is damaged: its checksum does not fit");
        }

        MaintenanceJournal? journal;
        try
        {
            journal = JsonSerializer.Deserialize(json, MaintenanceJson.Reader<MaintenanceJournal>());
        }
        catch (JsonException exception)
        {
            return (null, $"it cannot be read: {exception.Message}");
        }

        return journal is null || journal.NodeName != nodeName ? (null, $"it is the journal of another node ({journal?.NodeName})") : (journal, null);
    }

    private static string Checksum(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
