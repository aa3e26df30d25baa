using System.Text.Json;

namespace VmNodeOps;

/// <summary>Writes a procedure into a journal, and composes it again from there. A new step of ours has its line in <see cref="Known"/>; without one it counts as custom.</summary>
internal static class StepMemory
{
    private const int LongestName = 63;

    /// <summary>By name: how to make the step of its options, and of evidence that is given anew.</summary>
    private static readonly Dictionary<string, Func<JsonElement?, IEvidenceSource?, IMaintenanceStep>> Known = new(StringComparer.Ordinal)
    {
        ["open-window"] = (_, _) => new OpenWindowStep(),
        ["close-window"] = (_, _) => new CloseWindowStep(),
        ["cordon"] = (_, _) => new CordonStep(),
        ["uncordon"] = (options, _) => new UncordonStep(PlainOptions.Read<UncordonOptions>(options).OnlyOurs),
        ["wait-until-ready"] = (_, _) => new WaitUntilReadyStep(),
        ["drain"] = (options, _) => new DrainStep(PlainOptions.Read<DrainOptions>(options).Checked()),
        ["stay-empty"] = (options, _) => new StayEmptyStep(PlainOptions.Read<DrainOptions>(options).Checked()),
        ["wait-until-not-ready"] = (_, _) => new WaitUntilNotReadyStep(),
        ["blast-radius"] = (options, _) => new CheckBlastRadiusStep(PlainOptions.Read<BlastRadiusOptions>(options)),
        ["verify-elsewhere"] = (_, _) => new WaitUntilVirtualMachinesRunElsewhereStep(),
        [ConfirmNodeIsDownStep.StepName] = (_, evidence) => new ConfirmNodeIsDownStep(evidence!),
        ["restore-kubevirt"] = (options, _) => new RestoreKubeVirtStep(PlainOptions.Read<RestoreKubeVirtOptions>(options)),
        ["release-machines"] = (options, _) => new ForceDeleteLaunchersStep(PlainOptions.Read<ReleaseMachinesOptions>(options)),
        ["start-what-stays-down"] = (_, _) => new StartWhatStaysDownStep(),
        ["release-volumes"] = (options, _) => new ReleaseVolumesStep(PlainOptions.Read<ReleaseVolumesOptions>(options)),
        ["settle-machines"] = (options, _) => new SettleMachinesStep(PlainOptions.Read<SettleMachinesOptions>(options)),
        ["take-out-of-service"] = (options, _) => new OutOfServiceStep(PlainOptions.Read<OutOfServiceOptions>(options)),
        ["put-back-in-service"] = (_, _) => new ClearOutOfServiceStep(),
        ["start-elsewhere"] = (options, _) => new StartMachinesStep(PlainOptions.Read<DrainOptions>(options).Checked()),
        ["shut-down"] = (options, _) => new ShutDownMachinesStep(PlainOptions.Read<DrainOptions>(options).Checked()),
        ["bring-back"] = (options, _) => new BringBackStep(PlainOptions.Read<BringBackOptions>(options)),
        ["wait-for-virt-handler"] = (_, _) => new WaitForVirtHandlerStep(),
        ["start-machines"] = (_, _) => new StartOwedMachinesStep(),
        ["verify-volumes"] = (_, _) => new VerifyVolumesStep(),
    };

    public static JournaledProcedure Of(NodeMaintenance maintenance) => new()
    {
        Steps = [.. maintenance.Steps.Select(Write)],
        Options = JournaledRunOptions.Of(maintenance.Options),
    };

    /// <summary>Composes the steps again.</summary>
    /// <param name="journal">The journal of the node.</param>
    /// <param name="evidence">Who knows that the node is down, now; null if nobody was named.</param>
    /// <returns>The maintenance, or why it cannot be composed.</returns>
    public static (NodeMaintenance? Maintenance, Finding? Objection) Compose(MaintenanceJournal journal, IEvidenceSource? evidence)
    {
        if (journal.Procedure is not { Steps.Count: > 0 } procedure)
        {
            return (null, Refuse("ProcedureUnknown", $"The journal of node {journal.NodeName} does not say which procedure is under way.", "Give the command again that began it."));
        }

        var custom = procedure.Steps.Where(step => step.IsCustom || !Known.ContainsKey(step.Name)).Select(step => $"'{step.Name}'").ToList();
        if (custom.Count > 0)
        {
            return (null, Refuse(
                "CustomStep",
                $"The maintenance of node {journal.NodeName} has steps that its journal cannot make again, because they are or hold code of the program that began it: {string.Join(", ", custom)}.",
                "Run the same composition again from that program; it goes on from the journal."));
        }

        if (evidence is null && procedure.Steps.Any(step => step.Name == ConfirmNodeIsDownStep.StepName))
        {
            return (null, Refuse(
                "EvidenceNeeded",
                $"A recovery of node {journal.NodeName} is under way. That the node was down then proves nothing about now.",
                "Give evidence anew that it is down; if it is back, return it to service instead."));
        }

        try
        {
            var maintenance = procedure.Steps.Aggregate(
                NodeMaintenance.OnNode(journal.NodeName).With(procedure.Options.Over), (steps, step) => steps.Then(Known[step.Name](step.Options, evidence)));
            return (maintenance, null);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return (null, Refuse("ProcedureUnreadable", $"The journal of node {journal.NodeName} names options that make no sense here: {exception.Message}", "Give the command again that began it."));
        }
    }

    private static JournaledProcedureStep Write(IMaintenanceStep step)
    {
        var name = step.Name.Length <= LongestName ? step.Name : step.Name[..LongestName];
        return step is IRememberedStep remembered && PlainOptions.ArePlain(remembered.Remembered)
            ? new JournaledProcedureStep { Name = name, Options = remembered.Remembered is { } options ? PlainOptions.Write(options) : null }
            : new JournaledProcedureStep { Name = name, IsCustom = true };
    }

    private static Finding Refuse(string code, string message, string lift) =>
        new() { Severity = FindingSeverity.Refusal, Code = code, Message = message, Lift = lift };
}
