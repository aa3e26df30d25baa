using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>How each virtual machine of a run stands. Thread-safe; every change of outcome is told as an event.</summary>
public sealed class MachineLedger
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ObjectName, VirtualMachineReport> _machines = [];
    private readonly EventHub _events;

    internal MachineLedger(EventHub events) => _events = events;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<VirtualMachineReport> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _machines.Values];
            }
        }
    }

    /// <summary>Takes a machine in, unless it is in already.</summary>
    public void Enter(VirtualMachineReport machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        lock (_gate)
        {
            _machines.TryAdd(machine.Name, machine);
        }
    }

    /// <summary>How one stands; null if it is not in.</summary>
    public VirtualMachineReport? Find(ObjectName name)
    {
        lock (_gate)
        {
            return _machines.GetValueOrDefault(name);
        }
    }

    /// <summary>Notes how one stands now; nothing if it is not in or nothing changed.</summary>
    public void Note(ObjectName name, Func<VirtualMachineReport, VirtualMachineReport> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (Change(name, change) is { } after)
        {
            _events.Publish(new VirtualMachineChanged { VirtualMachine = name, Outcome = after.Outcome, Message = after.Message });
        }
    }

    /// <summary>The same for the report only: what another event tells already.</summary>
    internal void NoteQuietly(ObjectName name, Func<VirtualMachineReport, VirtualMachineReport> change) => Change(name, change);

    /// <returns>How it stands after the change; null if nothing changed.</returns>
    private VirtualMachineReport? Change(ObjectName name, Func<VirtualMachineReport, VirtualMachineReport> change)
    {
        lock (_gate)
        {
            if (!_machines.TryGetValue(name, out var before) || change(before) is var after && after == before)
            {
                return null;
            }

            return _machines[name] = after;
        }
    }
}
