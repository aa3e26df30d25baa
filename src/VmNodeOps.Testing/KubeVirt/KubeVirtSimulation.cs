using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>KubeVirt in the simulation: its webhooks, controllers, virt-handlers and launchers, wired to the API and to the hosts.</summary>
internal sealed class KubeVirtSimulation : IDisposable
{
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(10);
    private readonly List<IDisposable> _running = [];
    private readonly ControllerSet _controllers;
    private readonly VirtHandlers _handlers;
    private readonly WorkQueue _handlerQueue;
    private readonly Leadership _leadership;
    private readonly KubeVirtWebhooks _webhooks;
    private readonly Kubelets _kubelets;

    public KubeVirtSimulation(IClusterApi api, Kubelets kubelets, KubeVirtSettings settings)
    {
        _kubelets = kubelets;
        World = new KubeVirtWorld(api, settings);
        VirtApi = new VirtApi(World);
        Launchers = new LauncherWorkload(World);
        _webhooks = new KubeVirtWebhooks(World, VirtApi);
        _handlers = new VirtHandlers(World, Launchers);
        _handlerQueue = new WorkQueue(World.Time, () => true, _handlers.Reconcile);
        _controllers = new ControllerSet(World, () => _leadership!.IsLed && !IsControllerStopped);
        _leadership = new Leadership(World, _controllers.EnqueueEverything);
    }

    public KubeVirtWorld World { get; }

    public VirtApi VirtApi { get; }

    public LauncherWorkload Launchers { get; }

    /// <summary>Whether virt-controller is kept from working whatever its pods say.</summary>
    public bool IsControllerStopped { get; set; }

    /// <summary>Whether a virt-controller works.</summary>
    public bool IsLed => _leadership.IsLed;

    /// <summary>Installs KubeVirt and starts its parts; the components' pods come up by themselves.</summary>
    public void Start()
    {
        World.Api.AddAdmission(_webhooks);
        new Subresources(World, VirtApi, _webhooks, Pause).Register();
        _kubelets.AddWorkload(Launchers);
        _kubelets.AddWorkload(World.Components);
        Launchers.Changed += _handlerQueue.Enqueue;
        Launchers.GuestEnded += _handlerQueue.RunNow;
        World.Components.Changed += OnComponent;
        new KubeVirtInstallation(World).Apply();
        _running.Add(World.Api.Observe(ResourceTypes.VirtualMachineInstances, change => _handlerQueue.Enqueue(KeyOf(change))));
        _running.Add(World.Api.Observe(ResourceTypes.Pods, OnPod));
        _running.AddRange(_controllers.Observe());
        if (World.Settings.Heartbeats)
        {
            _running.Add(World.Time.Every(World.Settings.HeartbeatPeriod, _handlers.Beat));
            _running.Add(World.Time.Every(TimeSpan.FromMinutes(1), _controllers.CheckNodes));
            _running.Add(World.Time.Every(LeaseRenewal, _leadership.Renew));
        }
    }

    /// <summary>A host was connected, cut off, or lost power: the leader may be gone, and virt-handler may have catching up to do.</summary>
    public void HostChanged(SimulatedHost host)
    {
        World.Time.Post(() =>
        {
            _leadership.Check();
            OnHandler(host.NodeName);
        });
    }

    public void SetBehavior(string ns, string name, Func<GuestBehavior, GuestBehavior> change)
    {
        World.SetBehavior(ns, name, change);
        foreach (var launcher in Launchers.Of(Names.Key(ns, name)))
        {
            launcher.Behavior = change(launcher.Behavior);
        }
    }

    /// <summary>The guests of a machine end without anybody having asked.</summary>
    public void EndGuests(string ns, string name, bool clean)
    {
        foreach (var launcher in Launchers.Of(Names.Key(ns, name)))
        {
            Launchers.EndGuest(launcher, clean);
        }
    }

    public void EnqueueControllers() => World.Time.Post(_controllers.EnqueueEverything);

    public void Dispose()
    {
        foreach (var running in _running)
        {
            running.Dispose();
        }
    }

    private static string KeyOf(ObjectChange change) => Names.Key(change.Object.Namespace, change.Object.Name);

    private void Pause(string key, bool paused) => World.Time.Post(() =>
    {
        foreach (var launcher in Launchers.Of(key))
        {
            if (launcher.Guest is { } guest)
            {
                World.Guests.SetPaused(guest, paused);
                _handlerQueue.Enqueue(key);
            }
        }
    });

    private void OnComponent(string component, string node)
    {
        if (component == "virt-controller")
        {
            _leadership.Check();
        }
        else if (component == "virt-handler")
        {
            OnHandler(node);
        }
    }

    /// <summary>A virt-handler that comes up reads its node's instances and domains.</summary>
    private void OnHandler(string node)
    {
        if (!World.HasHandler(node))
        {
            return;
        }

        _handlers.Beat(node);
        foreach (var key in Launchers.All.Where(launcher => launcher.Node == node).Select(launcher => launcher.Key).ToArray())
        {
            _handlerQueue.Enqueue(key);
        }

        foreach (var instance in World.Api.ListOnNode(ResourceTypes.VirtualMachineInstances, node))
        {
            _handlerQueue.Enqueue(Names.Key(instance.Namespace, instance.Name));
        }
    }

    private void OnPod(ObjectChange change)
    {
        var pod = change.Object;
        if (pod.Label(Names.Component) == Names.Launcher && pod.Annotation(Names.Domain) is { } domain)
        {
            _handlerQueue.Enqueue(Names.Key(pod.Namespace, domain));
        }
        else if (pod.Label(Names.Component) == "virt-controller" && pod.Namespace == World.Settings.Namespace)
        {
            _leadership.Check();
        }
    }
}
