using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Guests;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The virt-launchers of all hosts and the life of their guests, which goes on whether or not the API can be reached.</summary>
/// <remarks>Everything but the reads of <see cref="KubeVirtWorld.Guests"/> runs on the simulation's thread.</remarks>
internal sealed class LauncherWorkload(KubeVirtWorld world) : IPodWorkload
{
    private readonly Dictionary<string, Launcher> _launchers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Launcher>> _byInstance = new(StringComparer.Ordinal);
    private readonly InstanceVolumes _volumes = new(world.Api);

    /// <summary>Something happened to a launcher of that instance.</summary>
    public event Action<string>? Changed;

    /// <summary>A guest has ended: virt-handler is to report it before the launcher's pod ends.</summary>
    public event Action<string>? GuestEnded;

    public IEnumerable<Launcher> All => _launchers.Values;

    public IReadOnlyList<Launcher> Of(string key) => _byInstance.TryGetValue(key, out var launchers) ? [.. launchers] : [];

    public bool Handles(StoredObject pod) => pod.Label(Names.Component) == Names.Launcher;

    public void Started(SimulatedHost host, StoredObject pod)
    {
        var launcher = new Launcher(host, pod);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, pod.Namespace, pod.Annotation(Names.Domain) ?? "") is { } instance)
        {
            launcher.Behavior = world.Behavior(instance);
            launcher.Grace = TimeSpan.FromSeconds(instance.Json.Number("spec.terminationGracePeriodSeconds") ?? 30);
        }

        Remove(pod.Uid);
        _launchers.Add(pod.Uid, launcher);
        if (!_byInstance.TryGetValue(launcher.Key, out var launchers))
        {
            _byInstance.Add(launcher.Key, launchers = []);
        }

        launchers.Add(launcher);
        Changed?.Invoke(launcher.Key);
    }

    public void Terminate(SimulatedHost host, StoredObject pod, TimeSpan grace, Action<bool> ended)
    {
        if (!_launchers.TryGetValue(pod.Uid, out var launcher))
        {
            ended(true);
            return;
        }

        launcher.Stopped = ended;
        if (launcher.Guest is null)
        {
            launcher.Timer?.Dispose();
            launcher.IsBooting = false;
            Remove(launcher);
            launcher.Exit();
        }
        else
        {
            ShutDown(launcher);
        }
    }

    public void Killed(SimulatedHost host, string podUid)
    {
        if (_launchers.TryGetValue(podUid, out var launcher))
        {
            launcher.HasExited = true;
            launcher.Timer?.Dispose();
            launcher.Transfer?.Dispose();
            if (launcher.Guest is { } guest)
            {
                launcher.Guest = null;
                world.Guests.End(guest, host.HasPower ? GuestEnd.Destroyed : GuestEnd.PowerLost);
            }

            Remove(launcher);
            Changed?.Invoke(launcher.Key);
        }
    }

    /// <summary>virt-handler defines the domain; after its boot time the guest runs and holds its disks.</summary>
    public void Boot(Launcher launcher, StoredObject instance)
    {
        launcher.IsBooting = true;
        launcher.Behavior = world.Behavior(instance);
        launcher.Timer = world.Time.After(launcher.Behavior.BootDuration, () =>
        {
            launcher.IsBooting = false;
            if (launcher.HasExited)
            {
                return;
            }

            if (launcher.Behavior.FailsToStart)
            {
                launcher.Outcome = "Failed";
                Leave(launcher);
                return;
            }

            launcher.Guest = world.Guests.Start(Process(launcher, instance));
            if (instance.Json.Text("spec.startStrategy") == "Paused")
            {
                world.Guests.SetPaused(launcher.Guest, true);
            }

            Changed?.Invoke(launcher.Key);
        });
    }

    /// <summary>The ACPI power button; a guest that is not off by the end of its grace is destroyed, and its instance fails.</summary>
    public void ShutDown(Launcher launcher)
    {
        if (launcher.Guest is not { } guest || launcher.IsShuttingDown)
        {
            return;
        }

        launcher.IsShuttingDown = true;
        var behavior = launcher.Behavior;
        var goes = !behavior.IgnoresShutdown && !guest.IsPaused && behavior.ShutdownDuration <= launcher.Grace;
        launcher.Timer = world.Time.After(goes ? behavior.ShutdownDuration : launcher.Grace, () => EndGuest(launcher, goes));
    }

    /// <summary>The guest goes off by itself, or its domain is destroyed.</summary>
    public void EndGuest(Launcher launcher, bool clean)
    {
        if (launcher.Guest is not { } guest)
        {
            return;
        }

        launcher.Guest = null;
        launcher.Timer?.Dispose();
        launcher.Transfer?.Dispose();
        launcher.Outcome = clean ? "Succeeded" : "Failed";
        world.Guests.End(guest, clean ? GuestEnd.ShutDown : GuestEnd.Destroyed);
        Leave(launcher);
    }

    /// <summary>Hands the guest over. Source and target swap in one instant.</summary>
    public void SwitchOver(Launcher source, Launcher target, StoredObject instance)
    {
        target.Behavior = source.Behavior;
        target.Grace = source.Grace;
        target.Guest = world.Guests.SwitchOver(source.Guest!, Process(target, instance));
        source.Guest = null;
        source.HasMovedAway = true;
        Changed?.Invoke(source.Key);
    }

    public void Leave(Launcher launcher)
    {
        GuestEnded?.Invoke(launcher.Key);
        launcher.Exit();
    }

    /// <summary>virt-handler is to look at the launcher again.</summary>
    public void Touch(Launcher launcher) => Changed?.Invoke(launcher.Key);

    /// <summary>The launcher's memory goes with it, once virt-handler needs it no more.</summary>
    public void Remove(Launcher launcher) => Remove(launcher.PodUid);

    private void Remove(string podUid)
    {
        if (_launchers.Remove(podUid, out var launcher) && _byInstance[launcher.Key] is var launchers && launchers.Remove(launcher) && launchers.Count == 0)
        {
            _byInstance.Remove(launcher.Key);
        }
    }

    private GuestProcess Process(Launcher launcher, StoredObject instance) => new(
        instance.Namespace!, instance.Name, instance.Uid, launcher.PodUid, launcher.Node, _volumes.Disks(instance));
}
