using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Hosts;

/// <summary>
/// The kubelet of one machine, with the part of the operating system that matters: it registers the node, beats, runs the pods bound to it and
/// reports them. What it knows comes from the API only while it is online; what runs goes on running without.
/// </summary>
internal sealed class Kubelet
{
    private readonly Dictionary<string, PodProcesses> _pods = [];
    private readonly NodeReporter _node;
    private bool _running;
    private bool _connected;
    private bool _registered;
    private bool _freshBoot;
    private bool _powerOnAgain;
    private bool _volumesDirty;

    public Kubelet(Kubelets fleet, SimulatedHost host, NodeShape shape, string address, string machineId)
    {
        Fleet = fleet;
        Host = host;
        Shape = shape;
        Address = address;
        MachineId = machineId;
        Api = fleet.Api.As($"system:node:{host.NodeName}");
        _node = new NodeReporter(this);
        host.Changed += OnHostChanged;
        host.ProcessesEnded += (uid, succeeded) => _pods.GetValueOrDefault(uid)?.EndedByThemselves(succeeded);
    }

    public Kubelets Fleet { get; }

    public IClusterApi Api { get; }

    public SimulatedHost Host { get; }

    public NodeShape Shape { get; }

    public string Address { get; }

    public string MachineId { get; set; }

    public SimulatedTime Time => Fleet.Api.Time;

    public HostOptions Options => Fleet.Options;

    /// <summary>Whether the kubelet runs and is in touch with the API.</summary>
    public bool IsOnline => _running && _connected && Host.IsOnline;

    public bool IsShuttingDown { get; private set; }

    /// <summary>Pods whose processes this machine holds or held, as the kubelet last saw them.</summary>
    public IEnumerable<PodProcesses> Pods => _pods.Values;

    /// <summary>The kubelet starts. After a boot nothing of what pod objects claim still runs.</summary>
    public void Start(bool freshBoot)
    {
        _running = true;
        _registered = false;
        _freshBoot |= freshBoot;
        Connect();
    }

    /// <summary>The beat, at the same instants on every machine.</summary>
    public void Tick()
    {
        if (!IsOnline)
        {
            return;
        }

        _node.Beat();
    }

    /// <summary>A pod bound to this node was made or changed.</summary>
    public void Saw(StoredObject pod)
    {
        if (!IsOnline)
        {
            return;
        }

        if (_pods.TryGetValue(pod.Uid, out var known))
        {
            known.Saw(pod);
        }
        else if (Api.Get(ResourceTypes.Pods, pod.Namespace, pod.Name) is { } current && current.Uid == pod.Uid)
        {
            Begin(current, freshBoot: false);
        }
    }

    /// <summary>A pod object is gone: whatever of it still runs is killed.</summary>
    public void SawGone(string uid)
    {
        if (IsOnline && _pods.Remove(uid, out var processes))
        {
            processes.Kill();
            VolumesChanged(processes.Volumes.Count > 0);
        }
    }

    public bool IsAttached(AttachableVolume volume) => Fleet.IsAttached(volume.Name, Host.NodeName);

    /// <summary>Writes <c>volumesInUse</c> once this instant's changes are through.</summary>
    public void VolumesChanged(bool relevant)
    {
        if (relevant && !_volumesDirty)
        {
            _volumesDirty = true;
            Time.Post(WriteVolumesInUse);
        }
    }

    /// <summary>Writes a pod's status; a deleted one whose processes have ended is then removed for good.</summary>
    public void Report(PodProcesses processes)
    {
        var pod = processes.Pod;
        var written = Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json => PodStatus.Apply(json, processes), pod.Uid);
        if (written is { IsDeleting: true } && processes.Stage == PodStage.Ended)
        {
            try
            {
                Api.Delete(ResourceTypes.Pods, pod.Namespace, pod.Name, new DeleteRequest { GracePeriodSeconds = 0, Uid = pod.Uid });
            }
            catch (ApiErrorException gone) when (gone.Code is 404 or 409)
            {
                // Somebody else removed it between the two writes.
            }
        }
    }

    /// <summary>A shutdown goes on when nothing runs any more.</summary>
    public void ProcessesEnded()
    {
        if (IsShuttingDown && _pods.Values.All(processes => processes.Stage == PodStage.Ended))
        {
            Time.Post(FinishShutdown);
        }
    }

    private void OnHostChanged(SimulatedHost host, HostChange change)
    {
        switch (change)
        {
            case HostChange.LostPower:
                Stop();
                break;
            case HostChange.PoweredOn:
                var boot = host.BootId;
                Time.After(Options.BootDuration, () => StartAfterBoot(boot));
                break;
            case HostChange.CutOff:
                _connected = false;
                break;
            case HostChange.Reconnected:
                Time.After(Options.ReconnectDelay, Connect);
                break;
            case HostChange.ShuttingDown or HostChange.Rebooting:
                BeginShutdown(change == HostChange.Rebooting);
                break;
        }
    }

    private void StartAfterBoot(string boot)
    {
        if (Host.HasPower && Host.BootId == boot)
        {
            Start(freshBoot: true);
        }
    }

    private void Stop()
    {
        foreach (var processes in _pods.Values)
        {
            processes.Kill();
        }

        _pods.Clear();
        _running = false;
        _connected = false;
        IsShuttingDown = false;
    }

    private void Connect()
    {
        if (!_running || _connected || !Host.IsOnline)
        {
            return;
        }

        _connected = true;
        if (!_registered)
        {
            _node.Register();
            _registered = true;
        }

        Beat();
        Relist();
    }

    private void Beat()
    {
        if (Options.Heartbeats || Api.Get(ResourceTypes.Leases, "kube-node-lease", Host.NodeName) is null)
        {
            Tick();
        }
        else if (Api.Get(ResourceTypes.Nodes, null, Host.NodeName) is not null)
        {
            _node.WriteStatus();
        }
    }

    private void Relist()
    {
        var fresh = _freshBoot;
        _freshBoot = false;
        var pods = Api.ListOnNode(ResourceTypes.Pods, Host.NodeName);
        var present = pods.Select(pod => pod.Uid).ToHashSet();
        foreach (var uid in _pods.Keys.Where(uid => !present.Contains(uid)).ToList())
        {
            SawGone(uid);
        }

        foreach (var pod in pods)
        {
            if (_pods.TryGetValue(pod.Uid, out var known))
            {
                known.Saw(pod);
            }
            else
            {
                Begin(pod, fresh);
            }
        }
    }

    private void Begin(StoredObject pod, bool freshBoot)
    {
        var processes = new PodProcesses(this, pod);
        _pods[pod.Uid] = processes;
        processes.Begin(freshBoot);
    }

    private void WriteVolumesInUse()
    {
        _volumesDirty = false;
        if (!IsOnline)
        {
            return;
        }

        _node.WriteVolumesInUse(_pods.Values.Where(processes => processes.HoldsVolumes).SelectMany(processes => processes.Volumes));
    }

    /// <summary>With graceful node shutdown the kubelet says so and fails the pods in good order; without it falls silent like everything else.</summary>
    private void BeginShutdown(bool reboot)
    {
        _powerOnAgain = reboot;
        if (IsShuttingDown)
        {
            return;
        }

        IsShuttingDown = true;
        var graceful = Options.ShutdownGracePeriod > TimeSpan.Zero;
        if (!graceful)
        {
            _connected = false;
            _running = false;
        }
        else if (IsOnline)
        {
            _node.WriteStatus();
        }

        var limit = graceful ? Options.ShutdownGracePeriod : Options.OperatingSystemStopTimeout;
        (string, string)? reason = graceful ? ("Terminated", "Pod was terminated in response to imminent node shutdown.") : null;
        foreach (var processes in _pods.Values.ToList())
        {
            processes.ShutDown(limit, reason);
        }

        ProcessesEnded();
    }

    private void FinishShutdown()
    {
        if (IsShuttingDown)
        {
            var again = _powerOnAgain;
            Host.Crash();
            if (again)
            {
                Host.PowerOn();
            }
        }
    }
}
