namespace VmNodeOps.Cluster;

/// <summary>Makes references to objects.</summary>
internal static class Refer
{
    public static ObjectReference To(ClusterObject target)
    {
        var (apiVersion, kind) = target switch
        {
            Node => ("v1", "Node"),
            Pod => ("v1", "Pod"),
            VirtualMachine => ("kubevirt.io/v1", "VirtualMachine"),
            VirtualMachineInstance => ("kubevirt.io/v1", "VirtualMachineInstance"),
            Migration => ("kubevirt.io/v1", "VirtualMachineInstanceMigration"),
            KubeVirtInstallation => ("kubevirt.io/v1", "KubeVirt"),
            VolumeAttachment => ("storage.k8s.io/v1", "VolumeAttachment"),
            PersistentVolumeClaim => ("v1", "PersistentVolumeClaim"),
            DisruptionBudget => ("policy/v1", "PodDisruptionBudget"),
            Lease => ("coordination.k8s.io/v1", "Lease"),
            ConfigMap => ("v1", "ConfigMap"),
            _ => throw new ArgumentException($"No kind is known for {target.GetType().Name}.", nameof(target)),
        };
        return new ObjectReference { ApiVersion = apiVersion, Kind = kind, Name = target.Name, Uid = target.Uid };
    }
}
