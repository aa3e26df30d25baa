using System.Diagnostics.CodeAnalysis;

namespace VmNodeOps.Scripting;

/// <summary>The steps of the library as runbooks name them: the words of plans and reports. Three procedures are words too.</summary>
internal static class BuiltInSteps
{
    public static IEnumerable<StepDefinition> All =>
    [
        Step("open-window", "Keeps what is found in the journal, and marks the node.", it => it.OpenWindow()),
        Step("close-window", "Puts labels back, takes the mark off and deletes the journal.", it => it.CloseWindow()),
        Step("cordon", "Makes the node unschedulable.", it => it.Cordon()),
        Step("uncordon", "Makes the node schedulable.", it => it.Uncordon()),
        Step("wait-until-ready", "Waits until the node is Ready.", it => it.WaitUntilReady()),
        Step("wait-until-not-ready", "Waits until the node has gone down.", it => it.WaitUntilNotReady()),
        Step<DrainOptions>("drain", "Evicts the virtual machines of the node and waits until they have left.", (it, options) => it.Drain(_ => options)),
        Step("verify-elsewhere", "Waits until each machine that is to run runs on another node.", it => it.WaitUntilVirtualMachinesRunElsewhere()),
        Step<BlastRadiusOptions>("blast-radius", "Holds a recovery back when the trouble is greater than one node.", (it, options) => it.CheckBlastRadius(_ => options)),
        Step<SuspectDownOptions>("suspect-down", "Waits until weak evidence says that the node may be down.", (it, options) => it.SuspectNodeIsDown(options.Evidence, options.Patience)),
        Step<SafeTimeOptions>("safe-time", "Waits until a node that is cut off must have stopped its guests by itself.", (it, options) => it.WaitSafeTime(options.Duration)),
        Step<ConfirmDownOptions>("confirm-down", "Asks for evidence that the node is down. What destroys needs it before.", (it, options) => it.ConfirmNodeIsDown(options.Evidence)),
        Step<RestoreKubeVirtOptions>("restore-kubevirt", "Restores KubeVirt's own control plane.", (it, options) => it.RestoreKubeVirt(_ => options)),
        Step<ReleaseMachinesOptions>("release-machines", "Force-deletes the launcher pods of a node that is down.", (it, options) => it.ReleaseVirtualMachines(_ => options)),
        Step<OutOfServiceOptions>("take-out-of-service", "Lets Kubernetes remove the pods of a node that is down, by its out-of-service taint.", (it, options) => it.TakeOutOfService(_ => options)),
        Step<ReleaseVolumesOptions>("release-volumes", "Detaches the volumes of a node that is down.", (it, options) => it.ReleaseVolumes(_ => options)),
        Step<SettleMachinesOptions>("settle-machines", "Waits until KubeVirt has noticed that released machines are dead.", (it, options) => it.SettleVirtualMachines(_ => options)),
        Step("start-what-stays-down", "Starts what ran on the dead node and nothing starts again.", it => it.StartWhatStaysDown()),
        Step("verify-volumes", "Looks once more at volumes that were not detached in time.", it => it.VerifyVolumes()),
        Step<DrainOptions>("graceful-shutdown", "The whole way down: open-window, cordon, drain, verify-elsewhere.", (it, options) => it.GracefulShutdown(_ => options)),
        Step<RecoverFromCrashOptions>("recover-from-crash", "The whole recovery, on evidence that the node is down.", (it, options) => it.RecoverFromCrash(options.Evidence, _ => options.Recovery)),
        Step<ReturnOptions>("return-to-service", "The whole way back: wait-until-ready, uncordon, close-window.", (it, options) => it.ReturnToService(_ => options)),
    ];

    private static StepDefinition Step(string name, string description, Func<NodeMaintenance, NodeMaintenance> add) => StepDefinition.Create(name, description, add);

    private static StepDefinition Step<[DynamicallyAccessedMembers(OptionShape.Needed)] TOptions>(string name, string description, Func<NodeMaintenance, TOptions, NodeMaintenance> add)
        where TOptions : class => StepDefinition.Create(name, description, add);
}

/// <summary>Whose word it is that the node is down.</summary>
internal sealed class ConfirmDownOptions
{
    public required IEvidenceSource Evidence { get; init; }
}

/// <summary>What makes the node suspect, and how long it is waited for.</summary>
internal sealed class SuspectDownOptions
{
    public required IEvidenceSource Evidence { get; init; }

    public required TimeSpan Patience { get; init; }
}

/// <summary>How long a node that is cut off needs to stop its guests.</summary>
internal sealed class SafeTimeOptions
{
    public required TimeSpan Duration { get; init; }
}

/// <summary>The whole recovery.</summary>
internal sealed class RecoverFromCrashOptions
{
    public required IEvidenceSource Evidence { get; init; }

    public RecoveryOptions Recovery { get; init; } = new();
}
