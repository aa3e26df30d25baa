namespace VmNodeOps.Testing.Hosts;

/// <summary>A machine under a node: it has power or not, reaches the API server or not, and runs processes whatever the API server believes.</summary>
public sealed class SimulatedHost
{
    private readonly SimulatedTime _time;
    private readonly Func<string> _newBootId;
    private volatile string _bootId;
    private volatile bool _hasPower = true;
    private volatile bool _isConnected = true;

    internal SimulatedHost(string nodeName, SimulatedTime time, Func<string> newBootId)
    {
        NodeName = nodeName;
        _time = time;
        _newBootId = newBootId;
        _bootId = newBootId();
    }

    /// <summary>The node that this machine registers as.</summary>
    public string NodeName { get; }

    /// <summary>Whether the machine runs. Without power no process runs and no disk is held.</summary>
    public bool HasPower => _hasPower;

    /// <summary>Whether its kubelet and virt-handler reach the API server. A host that is cut off runs on: its guests write their disks.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Changes with each boot, like <c>status.nodeInfo.bootID</c>.</summary>
    public string BootId => _bootId;

    /// <summary>What happens to the machine, on the simulation's thread. The kubelet hears it first.</summary>
    internal event Action<SimulatedHost, HostChange>? Changed;

    /// <summary>A workload's processes have ended by themselves: pod uid, and whether with exit code 0.</summary>
    internal event Action<string, bool>? ProcessesEnded;

    /// <summary>Whether its kubelet and virt-handler run and reach the API.</summary>
    internal bool IsOnline => _hasPower && _isConnected;

    /// <summary>Power is lost: every process dies at once, and the API hears no word.</summary>
    internal void Crash() => _time.Invoke(LosePower);

    /// <summary>The network to the API server goes; everything on the machine runs on.</summary>
    internal void CutOff() => _time.Invoke(() =>
    {
        if (_isConnected)
        {
            _isConnected = false;
            Changed?.Invoke(this, HostChange.CutOff);
        }
    });

    /// <summary>The network is back: the kubelet catches up with what was decided meanwhile.</summary>
    internal void Reconnect() => _time.Invoke(() =>
    {
        if (!_isConnected)
        {
            _isConnected = true;
            Changed?.Invoke(this, HostChange.Reconnected);
        }
    });

    /// <summary>The machine boots, with a new boot id and none of its former processes. Nothing happens when it has power.</summary>
    internal void PowerOn() => _time.Invoke(() =>
    {
        if (!_hasPower)
        {
            _bootId = _newBootId();
            _hasPower = true;
            Changed?.Invoke(this, HostChange.PoweredOn);
        }
    });

    /// <summary>The operating system is told to shut down; power goes when its processes have ended or their time is up.</summary>
    internal void ShutDown() => _time.Invoke(() =>
    {
        if (_hasPower)
        {
            Changed?.Invoke(this, HostChange.ShuttingDown);
        }
    });

    /// <summary>Shuts down and boots again.</summary>
    internal void Reboot() => _time.Invoke(() =>
    {
        if (_hasPower)
        {
            Changed?.Invoke(this, HostChange.Rebooting);
        }
    });

    /// <summary>For a workload whose processes ended without being told to: a guest that shut itself down.</summary>
    internal void ReportProcessesEnded(string podUid, bool succeeded) => _time.Invoke(() => ProcessesEnded?.Invoke(podUid, succeeded));

    private void LosePower()
    {
        if (_hasPower)
        {
            _hasPower = false;
            Changed?.Invoke(this, HostChange.LostPower);
        }
    }
}
