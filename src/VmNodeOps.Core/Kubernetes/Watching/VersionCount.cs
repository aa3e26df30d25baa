using System.Globalization;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>Resource versions as what they are: counts that grow, officially so since Kubernetes 1.35 and in fact since etcd.</summary>
internal static class VersionCount
{
    /// <summary>The count; null where the version is none, and then nothing is to be concluded from it.</summary>
    public static ulong? Of(string? version) => ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
