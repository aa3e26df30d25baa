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
        VirtualMachineReport? after;
        lock (_gate)
        {
            if (!_machines.TryGetValue(name, out var before) || (after = change(before)) == before)
            {
                return;
            }

            _machines[name] = after;
        }

        _events.Publish(new VirtualMachineChanged { VirtualMachine = name, Outcome = after.Outcome, Message = after.Message });
    }
}
