namespace VmNodeOps;

/// <summary>The device that powers the machine says that it is off.</summary>
internal sealed class PowerIsOffEvidence(IFenceDevice device) : IEvidenceSource
{
    /// <summary>Long enough for a recovery; the machine can be switched on by anybody who passes by.</summary>
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(15);

    public string Description => $"{device.Description} says that the machine is off";

    public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var answer = await device.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (answer.State, answer.Trouble) switch
        {
            (_, { } trouble) => EvidenceAnswer.NotProven(trouble.Message),
            (PowerState.Off, _) => EvidenceAnswer.Down(Confirm(request)),
            (PowerState.On, _) => EvidenceAnswer.NotProven($"{device.Description} says that the machine is on."),
            _ => EvidenceAnswer.NotProven($"{device.Description} does not tell whether the machine is on."),
        };
    }

    /// <summary>What an embedding program calls a device counts as much as any other source of its own.</summary>
    private FencingEvidence Confirm(EvidenceRequest request)
    {
        var (witness, statement) = ($"fence device {device.Description}", "the machine is off");
        return device is FenceAgent
            ? request.ConfirmOwn(EvidenceStrength.Strong, witness, statement, ValidFor)
            : request.Confirm(EvidenceStrength.Strong, witness, statement, ValidFor);
    }
}
