using k8s;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Configuration;
using VmNodeOps.Kubernetes.Nouns;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes;

/// <summary>A cluster over HTTPS: <see cref="IClusterClient"/> for a real API server.</summary>
/// <remarks>
/// <para>Nothing is sent until the first call. Reads are repeated after trouble that may pass; writes are sent once, and their exception says whether
/// they may have been carried out. Thread-safe; one instance serves many runs at once. Dispose it to close its connections.</para>
/// <para>The server's certificate is always checked against the certificate authority and the host name, unless the kubeconfig says
/// <c>insecure-skip-tls-verify</c>.</para>
/// </remarks>
public sealed class KubernetesCluster : IClusterClient, IDisposable
{
    private readonly ApiGateway _gateway;
    private readonly string _description;

    // Before the configuration is read, which takes about as long.
    static KubernetesCluster() => WirePreparation.Begin();

    private KubernetesCluster(ClusterConnection connection, KubernetesClusterOptions options)
    {
        _gateway = new ApiGateway(connection, options);
        _description = connection.ToString();
        Server = new KubernetesServer(_gateway);
        Nodes = new KubernetesNodes(_gateway);
        Pods = new KubernetesPods(_gateway);
        VirtualMachines = new KubernetesVirtualMachines(_gateway);
        VirtualMachineInstances = new KubernetesVirtualMachineInstances(_gateway);
        Migrations = new KubernetesMigrations(_gateway);
        KubeVirtInstallations = new KubernetesKubeVirtInstallations(_gateway);
        VolumeAttachments = new KubernetesVolumeAttachments(_gateway);
        PersistentVolumeClaims = new KubernetesPersistentVolumeClaims(_gateway);
        DisruptionBudgets = new KubernetesDisruptionBudgets(_gateway);
        Leases = new KubernetesLeases(_gateway);
        ConfigMaps = new KubernetesConfigMaps(_gateway);
        Namespaces = new KubernetesNamespaces(_gateway);
        Remediations = new KubernetesRemediations(_gateway);
        Events = new KubernetesEvents(_gateway, Server);
        AccessReviews = new KubernetesAccessReviews(_gateway);
    }

    /// <inheritdoc/>
    public IServer Server { get; }

    /// <inheritdoc/>
    public INodes Nodes { get; }

    /// <inheritdoc/>
    public IPods Pods { get; }

    /// <inheritdoc/>
    public IVirtualMachines VirtualMachines { get; }

    /// <inheritdoc/>
    public IVirtualMachineInstances VirtualMachineInstances { get; }

    /// <inheritdoc/>
    public IMigrations Migrations { get; }

    /// <inheritdoc/>
    public IKubeVirtInstallations KubeVirtInstallations { get; }

    /// <inheritdoc/>
    public IVolumeAttachments VolumeAttachments { get; }

    /// <inheritdoc/>
    public IPersistentVolumeClaims PersistentVolumeClaims { get; }

    /// <inheritdoc/>
    public IDisruptionBudgets DisruptionBudgets { get; }

    /// <inheritdoc/>
    public ILeases Leases { get; }

    /// <inheritdoc/>
    public IConfigMaps ConfigMaps { get; }

    /// <inheritdoc/>
    public INamespaces Namespaces { get; }

    /// <inheritdoc/>
    public IRemediations Remediations { get; }

    /// <inheritdoc/>
    public IClusterEvents Events { get; }

    /// <inheritdoc/>
    public IAccessReviews AccessReviews { get; }

    /// <summary>The cluster that kubectl would talk to: KUBECONFIG with all its files, else <c>~/.kube/config</c>, else the pod's own service account.</summary>
    /// <param name="context">The context; null means the current one.</param>
    /// <param name="options">How to talk to the server; null means the defaults.</param>
    /// <exception cref="ClusterException">No usable configuration (<see cref="ClusterErrorCause.BadConfiguration"/>).</exception>
    public static KubernetesCluster FromDefaults(string? context = null, KubernetesClusterOptions? options = null) =>
        FromDefaults(HostEnvironment.Current, context, options);

    /// <summary>The cluster of a kubeconfig file.</summary>
    /// <param name="path">The file, which must exist. Paths in it are relative to it.</param>
    /// <param name="context">The context; null means the current one.</param>
    /// <param name="options">How to talk to the server; null means the defaults.</param>
    /// <exception cref="ClusterException">The file, the context or what it names is not usable (<see cref="ClusterErrorCause.BadConfiguration"/>).</exception>
    public static KubernetesCluster FromKubeConfig(string path, string? context = null, KubernetesClusterOptions? options = null)
    {
        var valid = Validated(options);
        return new KubernetesCluster(new ConnectionBuilder(KubeConfigFiles.Read(path), valid.TimeProvider).Build(context), valid);
    }

    /// <summary>The cluster that this process runs in, as the pod's service account.</summary>
    /// <param name="options">How to talk to the server; null means the defaults.</param>
    /// <exception cref="ClusterException">This is no pod, or it has no token (<see cref="ClusterErrorCause.BadConfiguration"/>).</exception>
    public static KubernetesCluster InCluster(KubernetesClusterOptions? options = null)
    {
        var valid = Validated(options);
        return new KubernetesCluster(InClusterConnection.Build(HostEnvironment.Current, valid.TimeProvider), valid);
    }

    /// <summary>The cluster of a configuration that was built with the Kubernetes client.</summary>
    /// <param name="configuration">Address, authority, certificate and token are taken from it; its own handlers and time limits are not.</param>
    /// <param name="options">How to talk to the server; null means the defaults.</param>
    /// <exception cref="ClusterException">The configuration is not usable (<see cref="ClusterErrorCause.BadConfiguration"/>).</exception>
    public static KubernetesCluster FromConfiguration(KubernetesClientConfiguration configuration, KubernetesClusterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new KubernetesCluster(GivenConfiguration.Read(configuration), Validated(options));
    }

    /// <summary>The server and where its settings come from; never a secret.</summary>
    public override string ToString() => _description;

    /// <summary>Closes the connections; calls under way fail.</summary>
    public void Dispose() => _gateway.Dispose();

    internal static KubernetesCluster FromDefaults(HostEnvironment environment, string? context, KubernetesClusterOptions? options)
    {
        var valid = Validated(options);
        if (KubeConfigFiles.Find(environment) is { } config)
        {
            return new KubernetesCluster(new ConnectionBuilder(config, valid.TimeProvider).Build(context), valid);
        }

        if (context is null && InClusterConnection.IsPossible(environment))
        {
            return new KubernetesCluster(InClusterConnection.Build(environment, valid.TimeProvider), valid);
        }

        throw ConfigurationProblem.Of(
            "There is no kubeconfig: KUBECONFIG names no existing file that says anything, and neither does ~/.kube/config. " +
            "Give the path of a kubeconfig, or set KUBECONFIG.");
    }

    private static KubernetesClusterOptions Validated(KubernetesClusterOptions? options)
    {
        var given = options ?? new KubernetesClusterOptions();
        given.Validate();
        return given;
    }
}
