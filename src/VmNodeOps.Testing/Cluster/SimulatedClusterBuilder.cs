using System.Text.Json.Nodes;
using VmNodeOps.Testing.Access;

namespace VmNodeOps.Testing;

/// <summary>What a simulated cluster is made of. Immutable: each method gives a new one.</summary>
public sealed record SimulatedClusterBuilder
{
    /// <summary>The nodes; without any there will be <c>node-1</c> to <c>node-3</c>.</summary>
    public IReadOnlyList<SimulatedNode> Nodes { get; init; } = [];

    /// <summary>The virtual machines.</summary>
    public IReadOnlyList<SimulatedVirtualMachine> VirtualMachines { get; init; } = [];

    /// <summary>Ordinary workloads.</summary>
    public IReadOnlyList<SimulatedWorkload> Workloads { get; init; } = [];

    /// <summary>Disruption budgets.</summary>
    public IReadOnlyList<SimulatedBudget> Budgets { get; init; } = [];

    /// <summary>Users with rights of their own.</summary>
    public IReadOnlyList<SimulatedUser> Users { get; init; } = [];

    /// <summary>Namespaces beside those that something needs.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>More objects, created through the API before the machines.</summary>
    public IReadOnlyList<JsonObject> Objects { get; init; } = [];

    /// <summary>The version that the server tells, and whose behaviour it has where versions differ.</summary>
    /// <value>Default <c>v1.28.8</c>.</value>
    public string KubernetesVersion { get; init; } = "v1.28.8";

    /// <summary>The version of KubeVirt.</summary>
    /// <value>Default 1.9.</value>
    public KubeVirtProfile KubeVirt { get; init; } = KubeVirtProfile.Version19;

    /// <summary>Where the KubeVirt resource and its components live.</summary>
    /// <value>Default <c>kubevirt</c>.</value>
    public string KubeVirtNamespace { get; init; } = "kubevirt";

    /// <summary>Nodes for virt-api and virt-controller; without any the scheduler chooses, control-plane nodes if there are any.</summary>
    public IReadOnlyList<string> KubeVirtNodes { get; init; } = [];

    /// <summary>The cluster's default eviction strategy; null leaves KubeVirt's own, None.</summary>
    public SimulatedEvictionStrategy? DefaultEvictionStrategy { get; init; }

    /// <summary>How many migrations run at once; null leaves KubeVirt's own, 5.</summary>
    public int? ParallelMigrationsPerCluster { get; init; }

    /// <summary>How many migrations leave a node at once; null leaves KubeVirt's own, 2.</summary>
    public int? ParallelOutboundMigrationsPerNode { get; init; }

    /// <summary>The clock; null makes a virtual one that the cluster owns. A clock that is given is left running.</summary>
    public SimulatedTime? Time { get; init; }

    /// <summary>From which UIDs and generated names are drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether kubelets, virt-handlers and leaders renew their leases; off for very large clusters, where a machine that is up counts as beating.</summary>
    public bool Heartbeats { get; init; } = true;

    /// <summary>Whether components write Event objects.</summary>
    public bool Events { get; init; } = true;

    /// <summary>The certificate that the server shows.</summary>
    public ServerCertificateKind Certificate { get; init; } = ServerCertificateKind.Valid;

    /// <summary>Whether the server listens without TLS too.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Adds a node.</summary>
    public SimulatedClusterBuilder WithNode(string name, Func<SimulatedNode, SimulatedNode>? configure = null) =>
        this with { Nodes = [.. Nodes, Configure(new SimulatedNode { Name = name }, configure)] };

    /// <summary>Adds nodes.</summary>
    public SimulatedClusterBuilder WithNodes(params IEnumerable<string> names) =>
        this with { Nodes = [.. Nodes, .. names.Select(name => new SimulatedNode { Name = name })] };

    /// <summary>Adds a virtual machine.</summary>
    public SimulatedClusterBuilder WithVirtualMachine(string name, Func<SimulatedVirtualMachine, SimulatedVirtualMachine>? configure = null) =>
        this with { VirtualMachines = [.. VirtualMachines, Configure(new SimulatedVirtualMachine { Name = name }, configure)] };

    /// <summary>Adds virtual machines.</summary>
    public SimulatedClusterBuilder WithVirtualMachines(params IEnumerable<SimulatedVirtualMachine> machines) =>
        this with { VirtualMachines = [.. VirtualMachines, .. machines] };

    /// <summary>Adds a workload that is no virtual machine.</summary>
    public SimulatedClusterBuilder WithWorkload(string name, Func<SimulatedWorkload, SimulatedWorkload>? configure = null) =>
        this with { Workloads = [.. Workloads, Configure(new SimulatedWorkload { Name = name }, configure)] };

    /// <summary>Adds a disruption budget.</summary>
    public SimulatedClusterBuilder WithBudget(SimulatedBudget budget) => this with { Budgets = [.. Budgets, budget] };

    /// <summary>Adds a user with rights of its own; <see cref="SimulatedCluster.KubeconfigFor"/> lets it in.</summary>
    public SimulatedClusterBuilder WithUser(string name, params IEnumerable<SimulatedRule> rules) =>
        this with { Users = [.. Users, new SimulatedUser { Name = name, Rules = [.. rules] }] };

    /// <summary>Adds namespaces.</summary>
    public SimulatedClusterBuilder WithNamespaces(params IEnumerable<string> names) => this with { Namespaces = [.. Namespaces, .. names] };

    /// <summary>Adds an object of any served kind, as JSON with kind and apiVersion.</summary>
    public SimulatedClusterBuilder WithObject(string json) =>
        this with { Objects = [.. Objects, JsonNode.Parse(json)?.AsObject() ?? throw new ArgumentException("No JSON object.", nameof(json))] };

    /// <summary>Starts the cluster; when this completes, everything asked for is there and at rest.</summary>
    public Task<SimulatedCluster> StartAsync(CancellationToken cancellationToken = default) => SimulatedCluster.StartAsync(this, cancellationToken);

    private static T Configure<T>(T item, Func<T, T>? configure) => configure is null ? item : configure(item);
}
