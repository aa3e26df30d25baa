using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>A wrong setting, told as one paragraph.</summary>
internal static class ConfigurationProblem
{
    public static ClusterException Of(string message, Exception? inner = null) => new(ClusterErrorCause.BadConfiguration, message, inner);
}
