namespace VmNodeOps.Tests.Fencing;

/// <summary>A device that is told what to say.</summary>
internal sealed class TestDevice : IFenceDevice
{
    public string Description => "a device of the test";

    public PowerState State { get; set; } = PowerState.On;

    public Func<PowerAnswer>? OnRead { get; set; }

    public Func<PowerAction, PowerAnswer>? OnSwitch { get; set; }

    public List<PowerAction> Switched { get; } = [];

    public Task<PowerAnswer> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(OnRead?.Invoke() ?? PowerAnswer.Of(State));

    public Task<PowerAnswer> SwitchAsync(PowerAction action, CancellationToken cancellationToken)
    {
        Switched.Add(action);
        if (OnSwitch?.Invoke(action) is { } answer)
        {
            return Task.FromResult(answer);
        }

        State = action == PowerAction.Off ? PowerState.Off : PowerState.On;
        return Task.FromResult(PowerAnswer.Of(State));
    }
}
