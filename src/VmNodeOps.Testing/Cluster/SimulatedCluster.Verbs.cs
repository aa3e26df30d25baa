namespace VmNodeOps.Testing;

/// <content>What can happen to the cluster.</content>
public sealed partial class SimulatedCluster
{
    /// <summary>A node's machine loses power: everything on it is gone at once, and the API hears no word.</summary>
    public void CrashNode(string node) => Host(node).Crash();

    /// <summary>A node's machine no longer reaches the API server. Its guests run on and write their disks.</summary>
    public void CutOffNode(string node) => Host(node).CutOff();

    /// <summary>A node's machine that was cut off reaches the API server again.</summary>
    public void ReconnectNode(string node) => Host(node).Reconnect();

    /// <summary>A node's machine without power boots, with a new boot id.</summary>
    public void PowerOnNode(string node) => Host(node).PowerOn();

    /// <summary>A node's machine crashes and boots again at once, with a new boot id.</summary>
    public void RebootNode(string node) => Time.Invoke(() =>
    {
        Host(node).Crash();
        Host(node).PowerOn();
    });

    /// <summary>A node's operating system is told to shut down; power goes when its processes have ended.</summary>
    public void ShutDownNode(string node) => Host(node).ShutDown();

    /// <summary>A node's machine is exchanged for another one under the same name: the Node gets a new UID and a new boot id.</summary>
    public void ReplaceNode(string node)
    {
        Host(node);
        _controlPlane.Kubelets.ReplaceNode(node);
    }

    /// <summary>All of virt-api goes: its Deployment is scaled to nothing, and calls are refused from now on.</summary>
    public void StopVirtApi() => Time.Invoke(() =>
    {
        _kubeVirt.VirtApi.IsStopped = true;
        Scale("virt-api", 0);
    });

    /// <summary>virt-api comes back; it answers when its pods are ready.</summary>
    public void StartVirtApi() => Time.Invoke(() =>
    {
        _kubeVirt.VirtApi.IsStopped = false;
        Scale("virt-api", 2);
    });

    /// <summary>All of virt-controller goes: evictions are still answered and marked, and nothing follows.</summary>
    public void StopVirtController() => Time.Invoke(() =>
    {
        _kubeVirt.IsControllerStopped = true;
        Scale("virt-controller", 0);
    });

    /// <summary>virt-controller comes back; one of its pods works as soon as it leads.</summary>
    public void StartVirtController() => Time.Invoke(() =>
    {
        _kubeVirt.IsControllerStopped = false;
        Scale("virt-controller", 2);
    });

    /// <summary>The next live migrations of whatever machine fail when they would switch over.</summary>
    public void FailNextMigrations(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Time.Invoke(() => _kubeVirt.World.FailingMigrations = count);
    }

    /// <summary>Changes how a machine's guest behaves from now on: its next shutdown, boot, migration.</summary>
    public void Behave(string name, Func<GuestBehavior, GuestBehavior> change, string ns = "default")
    {
        ArgumentNullException.ThrowIfNull(change);
        Time.Invoke(() => _kubeVirt.SetBehavior(ns, name, change));
    }

    /// <summary>Somebody inside shuts the guest down.</summary>
    public void ShutDownGuest(string name, string ns = "default") => Time.Invoke(() => _kubeVirt.EndGuests(ns, name, clean: true));

    /// <summary>The guest crashes.</summary>
    public void CrashGuest(string name, string ns = "default") => Time.Invoke(() => _kubeVirt.EndGuests(ns, name, clean: false));

    /// <summary>Makes a node unschedulable, or schedulable again, as a cordon does.</summary>
    public void SetUnschedulable(string node, bool unschedulable = true) => Objects.Change("nodes", node, json =>
    {
        var spec = json["spec"]?.AsObject() ?? [];
        json["spec"] ??= spec;
        if (unschedulable)
        {
            spec["unschedulable"] = true;
        }
        else
        {
            spec.Remove("unschedulable");
        }
    });

    /// <summary>From now on a volume cannot be taken off any node: its driver answers with that error, and its finalizer stays on the attachment.</summary>
    /// <param name="volume">The PersistentVolume.</param>
    /// <param name="error">What the driver says; null heals it.</param>
    public void FailDetaching(string volume, string? error = "rpc error: code = Internal desc = the array does not answer") => Time.Invoke(() =>
    {
        _controlPlane.Storage.Fault ??= DetachError;
        if (error is null)
        {
            _detachErrors.Remove(volume);
        }
        else
        {
            _detachErrors[volume] = error;
        }
    });

    private string? DetachError(Controllers.StorageCall call) =>
        call.Act == Controllers.StorageAct.Detach ? _detachErrors.GetValueOrDefault(call.Volume) : null;

    private void Scale(string deployment, int replicas) =>
        Objects.Change("deployments", deployment, json => json["spec"]!["replicas"] = replicas, _kubeVirt.World.Settings.Namespace);
}
