namespace VmNodeOps.Cluster;

/// <summary>Installations of KubeVirt.</summary>
public interface IKubeVirtInstallations : IClusterReader<KubeVirtInstallation>;
