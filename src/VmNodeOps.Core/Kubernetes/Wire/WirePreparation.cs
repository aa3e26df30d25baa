using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VmNodeOps.Kubernetes.Wire;

/// <summary>Makes the readers that every plan needs, once in a process, beside whoever makes the first connection.</summary>
internal static class WirePreparation
{
    /// <summary>Begins it and returns at once. For a static constructor, which runs once.</summary>
    public static void Begin() => ThreadPool.UnsafeQueueUserWorkItem(static _ => Prepare(), null);

    private static void Prepare()
    {
        Read(WireJson.Default.NodeDto);
        Read(WireJson.Default.ConfigMapDto);
        Read(WireJson.Default.PodDto);
        Read(WireJson.Default.KubeVirtDto);
        Read(WireJson.Default.VirtualMachineInstanceDto);
        Read(WireJson.Default.VirtualMachineDto);
        Read(WireJson.Default.DisruptionBudgetDto);
        Read(WireJson.Default.LeaseDto);
    }

    private static void Read<T>(JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize("""{"metadata":{"name":"a","creationTimestamp":"2020-01-01T00:00:00Z","generation":1,"labels":{"a":"b"},"ownerReferences":[{"controller":true}]}}"""u8, type);
}
