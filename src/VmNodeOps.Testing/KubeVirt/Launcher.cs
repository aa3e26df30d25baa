using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Guests;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>A virt-launcher on its host, with its guest if it has one.</summary>
internal sealed class Launcher(SimulatedHost host, StoredObject pod)
{
    public SimulatedHost Host => host;

    public string Node => host.NodeName;

    public string PodUid { get; } = pod.Uid;

    public string PodName { get; } = pod.Name;

    /// <summary>Namespace and name of the instance.</summary>
    public string Key { get; } = Names.Key(pod.Namespace, pod.Annotation(Names.Domain) ?? "");

    public string InstanceUid { get; } = pod.Label(Names.CreatedBy) ?? "";

    /// <summary>The migration that made it as its target; it keeps the label when it has taken over.</summary>
    public string? TargetOf { get; } = pod.Label(Names.MigrationJobUid);

    /// <summary>The running guest; a target has none until the switch-over.</summary>
    public GuestProcess? Guest { get; set; }

    /// <summary>The timer of the boot or of the shutdown under way.</summary>
    public ITimer? Timer { get; set; }

    public bool IsBooting { get; set; }

    public bool IsShuttingDown { get; set; }

    /// <summary>The instance's grace, remembered for the time when the API cannot be asked.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    public GuestBehavior Behavior { get; set; } = new();

    /// <summary>How the guest ended: the phase that its instance gets.</summary>
    public string? Outcome { get; set; }

    /// <summary>The guest was handed over to another host.</summary>
    public bool HasMovedAway { get; set; }

    /// <summary>The transfer under way from here.</summary>
    public string? SendingFor { get; set; }

    public ITimer? Transfer { get; set; }

    /// <summary>Why the last transfer from here failed.</summary>
    public string? TransferFailure { get; set; }

    /// <summary>As a target: whether it gets ready to receive.</summary>
    public bool IsPreparing { get; set; }

    public bool IsPrepared { get; set; }

    public bool HasExited { get; set; }

    /// <summary>Tells the kubelet that was asked to stop it.</summary>
    public Action<bool>? Stopped { get; set; }

    /// <summary>The processes end, of themselves or because the kubelet asked.</summary>
    public void Exit()
    {
        if (HasExited)
        {
            return;
        }

        HasExited = true;
        if (Stopped is { } stopped)
        {
            stopped(true);
        }
        else
        {
            host.ReportProcessesEnded(PodUid, succeeded: true);
        }
    }
}
