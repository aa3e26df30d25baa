using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Fencing;

/// <summary>A device whose calls take no simulated time: a program of the machine lives by the machine's clock, which the cluster's does not see.</summary>
internal sealed class PausedDevice(IFenceDevice device, SimulatedTime time) : IFenceDevice
{
    public string Description => device.Description;

    public async Task<PowerAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        using (time.Pause())
        {
            return await device.ReadAsync(cancellationToken);
        }
    }

    public async Task<PowerAnswer> SwitchAsync(PowerAction action, CancellationToken cancellationToken)
    {
        using (time.Pause())
        {
            return await device.SwitchAsync(action, cancellationToken);
        }
    }
}
