using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes;

/// <summary>Every kind of resource that the port speaks of.</summary>
internal static class Resources
{
    public static readonly Resource<NodeDto, Node> Nodes = new()
    {
        Kind = Kind("", "v1", "nodes", "node", isNamespaced: false), TypeOf = static () => WireJson.Default.NodeDto, Map = Mappings.Node,
    };

    public static readonly Resource<PodDto, Pod> Pods = new()
    {
        Kind = Kind("", "v1", "pods", "pod"), TypeOf = static () => WireJson.Default.PodDto, Map = Mappings.Pod, NodeField = "spec.nodeName",
    };

    public static readonly Resource<VirtualMachineDto, VirtualMachine> VirtualMachines = new()
    {
        Kind = Kind("kubevirt.io", "v1", "virtualmachines", "virtual machine"),
        TypeOf = static () => WireJson.Default.VirtualMachineDto,
        Map = KubeVirtMappings.Machine,
    };

    public static readonly Resource<VirtualMachineInstanceDto, VirtualMachineInstance> VirtualMachineInstances = new()
    {
        Kind = Kind("kubevirt.io", "v1", "virtualmachineinstances", "virtual machine instance"),
        TypeOf = static () => WireJson.Default.VirtualMachineInstanceDto,
        Map = KubeVirtMappings.Instance,
        NodeLabel = "kubevirt.io/nodeName",
    };

    public static readonly Resource<MigrationDto, Migration> Migrations = new()
    {
        Kind = Kind("kubevirt.io", "v1", "virtualmachineinstancemigrations", "migration"),
        TypeOf = static () => WireJson.Default.MigrationDto,
        Map = KubeVirtMappings.Migration,
    };

    public static readonly Resource<KubeVirtDto, KubeVirtInstallation> KubeVirtInstallations = new()
    {
        Kind = Kind("kubevirt.io", "v1", "kubevirts", "KubeVirt installation"),
        TypeOf = static () => WireJson.Default.KubeVirtDto,
        Map = KubeVirtMappings.Installation,
    };

    public static readonly Resource<VolumeAttachmentDto, VolumeAttachment> VolumeAttachments = new()
    {
        Kind = Kind("storage.k8s.io", "v1", "volumeattachments", "volume attachment", isNamespaced: false),
        TypeOf = static () => WireJson.Default.VolumeAttachmentDto,
        Map = Mappings.VolumeAttachment,
        NodeOf = attachment => attachment.NodeName,
    };

    public static readonly Resource<PersistentVolumeClaimDto, PersistentVolumeClaim> PersistentVolumeClaims = new()
    {
        Kind = Kind("", "v1", "persistentvolumeclaims", "persistent volume claim"),
        TypeOf = static () => WireJson.Default.PersistentVolumeClaimDto,
        Map = Mappings.PersistentVolumeClaim,
    };

    public static readonly Resource<DisruptionBudgetDto, DisruptionBudget> DisruptionBudgets = new()
    {
        Kind = Kind("policy", "v1", "poddisruptionbudgets", "disruption budget"),
        TypeOf = static () => WireJson.Default.DisruptionBudgetDto,
        Map = Mappings.DisruptionBudget,
    };

    public static readonly Resource<ConfigMapDto, ConfigMap> ConfigMaps = new()
    {
        Kind = Kind("", "v1", "configmaps", "config map"), TypeOf = static () => WireJson.Default.ConfigMapDto, Map = Mappings.ConfigMap,
    };

    public static readonly Resource<LeaseDto, Lease> Leases = new()
    {
        Kind = Kind("coordination.k8s.io", "v1", "leases", "lease"), TypeOf = static () => WireJson.Default.LeaseDto, Map = Mappings.Lease,
    };

    public static readonly Resource<EventDto, ClusterEvent> Events = new()
    {
        Kind = Kind("", "v1", "events", "event"), TypeOf = static () => WireJson.Default.EventDto, Map = Mappings.Event, ReasonField = "reason",
    };

    public static readonly ResourceKind Namespaces = Kind("", "v1", "namespaces", "namespace", isNamespaced: false);

    private static ResourceKind Kind(string group, string version, string plural, string noun, bool isNamespaced = true) =>
        new() { Group = group, Version = version, Plural = plural, Noun = noun, IsNamespaced = isNamespaced };
}
