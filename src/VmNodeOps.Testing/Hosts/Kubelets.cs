using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>All machines of the cluster and their kubelets, behind one observer and one beat.</summary>
internal sealed class Kubelets : IDisposable
{
    private readonly SortedDictionary<string, Kubelet> _kubelets = new(StringComparer.Ordinal);
    private readonly List<IPodWorkload> _workloads = [];
    private readonly OrdinaryWorkload _ordinary;
    private readonly HashSet<PodProcesses> _waiting = [];
    private readonly Dictionary<(string Volume, string Node), string> _attached = [];
    private readonly List<IDisposable> _running = [];
    private int _nodeAddresses;
    private int _podAddresses;
    private int _boots;

    public Kubelets(IClusterApi api, HostOptions? options = null)
    {
        Api = api;
        Options = options ?? new HostOptions();
        _ordinary = new OrdinaryWorkload(api.Time);
    }

    public IClusterApi Api { get; }

    public HostOptions Options { get; }

    /// <summary>The machines by node name.</summary>
    public IReadOnlyList<SimulatedHost> Hosts
    {
        get
        {
            lock (_kubelets)
            {
                return [.. _kubelets.Values.Select(kubelet => kubelet.Host)];
            }
        }
    }

    /// <summary>Racks a machine. Its kubelet registers the node at once when the cluster runs, else when it starts.</summary>
    public SimulatedHost Add(NodeShape shape)
    {
        var number = Interlocked.Increment(ref _nodeAddresses);
        var host = new SimulatedHost(shape.Name, Api.Time, () => Identity($"boot/{shape.Name}/{Interlocked.Increment(ref _boots)}"));
        var kubelet = new Kubelet(this, host, shape, Address("10.250", number), Identity($"machine/{shape.Name}/{number}"));
        lock (_kubelets)
        {
            _kubelets.Add(shape.Name, kubelet);
        }

        if (_running.Count > 0)
        {
            Api.Time.Invoke(() => kubelet.Start(freshBoot: false));
        }

        return host;
    }

    /// <summary>The machine of a node; null if the node has none in this simulation.</summary>
    public SimulatedHost? Host(string nodeName) => Find(nodeName)?.Host;

    /// <summary>Puts a workload in front of the ordinary one.</summary>
    public void AddWorkload(IPodWorkload workload) => _workloads.Add(workload);

    public void Start()
    {
        _running.Add(Api.Observe(ResourceTypes.Pods, OnPod));
        _running.Add(Api.Observe(ResourceTypes.VolumeAttachments, OnAttachment));
        _running.Add(Api.Observe(ResourceTypes.PersistentVolumeClaims, _ => RetryWaiting(null)));
        if (Options.Heartbeats)
        {
            _running.Add(Api.Time.Every(Options.LeaseRenewInterval, Beat));
        }

        Api.Time.Invoke(() =>
        {
            foreach (var attachment in Api.List(ResourceTypes.VolumeAttachments))
            {
                OnAttachment(new ObjectChange(ChangeKind.Added, attachment, null));
            }

            foreach (var kubelet in All())
            {
                kubelet.Start(freshBoot: false);
            }
        });
    }

    /// <summary>
    /// The machine is exchanged: the old one loses power, its Node object is deleted, and another machine boots and registers under the same
    /// name, with a new UID and a new boot id.
    /// </summary>
    public void ReplaceNode(string nodeName) => Api.Time.Invoke(() =>
    {
        if (Find(nodeName) is not { } kubelet)
        {
            throw new ArgumentException($"No machine is called {nodeName}.", nameof(nodeName));
        }

        kubelet.Host.Crash();
        Api.Delete(ResourceTypes.Nodes, null, nodeName);
        kubelet.MachineId = Identity($"machine/{nodeName}/{Interlocked.Increment(ref _boots)}");
        kubelet.Host.Reconnect();
        kubelet.Host.PowerOn();
    });

    /// <summary>Whether a machine's kubelet would beat now, whatever was written: for clusters whose heartbeats are off. A node without a machine here counts as up.</summary>
    public bool IsBeating(string nodeName) => Find(nodeName) is null or { IsOnline: true };

    public bool IsAttached(string volume, string nodeName) => _attached.ContainsKey((volume, nodeName));

    public IPodWorkload WorkloadOf(StoredObject pod) => _workloads.Find(workload => workload.Handles(pod)) ?? _ordinary;

    public string NextPodAddress() => Address("10.128", ++_podAddresses);

    public void KeepWaiting(PodProcesses processes, bool waits)
    {
        if (waits)
        {
            _waiting.Add(processes);
        }
        else
        {
            _waiting.Remove(processes);
        }
    }

    public void Dispose()
    {
        foreach (var running in _running)
        {
            running.Dispose();
        }

        _running.Clear();
    }

    private static string Address(string network, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{network}.{number / 250 % 256}.{(number % 250) + 1}");

    private static string Identity(string seed) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16)).ToString();

    private Kubelet? Find(string? nodeName)
    {
        lock (_kubelets)
        {
            return nodeName is not null && _kubelets.TryGetValue(nodeName, out var kubelet) ? kubelet : null;
        }
    }

    private Kubelet[] All()
    {
        lock (_kubelets)
        {
            return [.. _kubelets.Values];
        }
    }

    private void Beat()
    {
        foreach (var kubelet in All())
        {
            kubelet.Tick();
        }
    }

    private void OnPod(ObjectChange change)
    {
        var kubelet = Find(change.Object.NodeName);
        if (change.Kind == ChangeKind.Deleted)
        {
            kubelet?.SawGone(change.Object.Uid);
        }
        else
        {
            kubelet?.Saw(change.Object);
        }
    }

    private void OnAttachment(ObjectChange change)
    {
        var spec = change.Object.Json["spec"];
        if (spec.Child("source").Text("persistentVolumeName") is not { } volume || spec.Text("nodeName") is not { } node)
        {
            return;
        }

        if (change.Kind != ChangeKind.Deleted && change.Object.Json["status"].Flag("attached"))
        {
            _attached[(volume, node)] = change.Object.Uid;
            RetryWaiting(node);
        }
        else if (_attached.GetValueOrDefault((volume, node)) == change.Object.Uid)
        {
            _attached.Remove((volume, node));
        }
    }

    private void RetryWaiting(string? nodeName)
    {
        foreach (var processes in _waiting.Where(waiting => nodeName is null || waiting.Kubelet.Host.NodeName == nodeName).ToList())
        {
            processes.TryStart();
        }
    }
}
