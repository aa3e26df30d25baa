namespace VmNodeOps.Testing.Controllers;

/// <summary>The storage behind the CSI drivers: which host has which volume, whatever VolumeAttachment objects say.</summary>
internal sealed class SimulatedStorage(StorageOptions? options = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedSet<string>> _hosts = [];

    public StorageOptions Options { get; } = options ?? new StorageOptions();

    /// <summary>Asked before every call to a driver: an answer is the error that the driver gives, null lets the call through.</summary>
    public Func<StorageCall, string?>? Fault { get; set; }

    /// <summary>A volume came to a host or left it.</summary>
    public event Action<StorageCall>? Changed;

    /// <summary>The nodes that have this PersistentVolume attached, by name.</summary>
    public IReadOnlyList<string> HostsOf(string volume)
    {
        lock (_gate)
        {
            return _hosts.TryGetValue(volume, out var hosts) ? [.. hosts] : [];
        }
    }

    public bool IsAttached(string volume, string node)
    {
        lock (_gate)
        {
            return _hosts.TryGetValue(volume, out var hosts) && hosts.Contains(node);
        }
    }

    /// <summary>ControllerPublishVolume.</summary>
    /// <returns>The driver's error; null when the volume is on the host now.</returns>
    public string? Publish(string volume, string driver, string node, bool shared)
    {
        var call = new StorageCall(StorageAct.Attach, volume, driver, node);
        if (Fault?.Invoke(call) is { } error)
        {
            return error;
        }

        lock (_gate)
        {
            if (!_hosts.TryGetValue(volume, out var hosts))
            {
                _hosts[volume] = hosts = new SortedSet<string>(StringComparer.Ordinal);
            }

            if (Options.Exclusive && !shared && hosts.FirstOrDefault(host => host != node) is { } other)
            {
                return $"rpc error: code = FailedPrecondition desc = volume {volume} is attached to node {other}";
            }

            if (!hosts.Add(node))
            {
                return null;
            }
        }

        Changed?.Invoke(call);
        return null;
    }

    /// <summary>ControllerUnpublishVolume; a volume that is not there is as good as taken off.</summary>
    public string? Unpublish(string volume, string driver, string node)
    {
        var call = new StorageCall(StorageAct.Detach, volume, driver, node);
        if (Fault?.Invoke(call) is { } error)
        {
            return error;
        }

        lock (_gate)
        {
            if (!_hosts.TryGetValue(volume, out var hosts) || !hosts.Remove(node))
            {
                return null;
            }
        }

        Changed?.Invoke(call);
        return null;
    }
}
