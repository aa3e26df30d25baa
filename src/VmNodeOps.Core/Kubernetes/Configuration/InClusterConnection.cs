using VmNodeOps.Kubernetes.Authentication;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>The connection that a pod has by its service account.</summary>
internal static class InClusterConnection
{
    /// <summary>Whether this process looks like one of a pod with a service account.</summary>
    public static bool IsPossible(HostEnvironment environment) =>
        !string.IsNullOrEmpty(environment.Variable("KUBERNETES_SERVICE_HOST"))
        && !string.IsNullOrEmpty(environment.Variable("KUBERNETES_SERVICE_PORT"))
        && File.Exists(TokenFile(environment));

    public static ClusterConnection Build(HostEnvironment environment, TimeProvider time)
    {
        var host = environment.Variable("KUBERNETES_SERVICE_HOST");
        if (string.IsNullOrEmpty(host) || !ushort.TryParse(environment.Variable("KUBERNETES_SERVICE_PORT"), out var port))
        {
            throw ConfigurationProblem.Of(
                "This is not a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set. Outside of a cluster, use a kubeconfig.");
        }

        const string What = "the pod's service account";
        var authority = Path.Combine(environment.ServiceAccountFolder, "ca.crt");
        if (!File.Exists(TokenFile(environment)))
        {
            throw ConfigurationProblem.Of(
                $"The pod has no service account token at {TokenFile(environment)}. Set automountServiceAccountToken to true for the pod and its service account.");
        }

        return new ClusterConnection
        {
            Server = new UriBuilder("https", host, port).Uri,
            Origin = What,
            Authorities = PemFiles.Certificates(PemFiles.Read(authority, What), What),
            Credentials = new TokenFileSource(TokenFile(environment), What, certificate: null, time),
        };
    }

    private static string TokenFile(HostEnvironment environment) => Path.Combine(environment.ServiceAccountFolder, "token");
}
