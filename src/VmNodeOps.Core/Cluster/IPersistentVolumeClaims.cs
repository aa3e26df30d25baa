namespace VmNodeOps.Cluster;

/// <summary>Claims of persistent volumes.</summary>
public interface IPersistentVolumeClaims : IClusterReader<PersistentVolumeClaim>;
