using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Judges from what was expected and what is seen whether a machine has arrived. Pure.</summary>
/// <remarks>
/// A pod that is gone proves nothing. A machine has arrived when its instance is Running on another node, Ready (or paused, if it was), and no migration
/// of it is unfinished: the instance names its new node and the migration object reports success in either order, so both are asked.
/// </remarks>
internal static class MachineJudge
{
    public const string Unmoved = "Runs where it did.";
    public const string LeftAlone = "Left alone, as the policy has it.";

    public static MachineStanding Judge(MachineExpectation before, MachineNow now)
    {
        if (before.Treatment == VirtualMachineTreatment.Skip)
        {
            return Settled(VirtualMachineOutcome.Unmoved, LeftAlone) with { To = before.NodeName };
        }

        if (now.Instance is not { } instance)
        {
            return WithoutInstance(before, now);
        }

        if (instance.IsFinal)
        {
            return Ended(before, now, instance);
        }

        if (instance.NodeName == before.NodeName || (instance.NodeName is null && instance.Uid == before.Instance?.Uid))
        {
            return OnOldNode(before, now, instance);
        }

        return instance.Uid == before.Instance?.Uid ? AfterMigration(before, now, instance) : AfterRestart(before, now, instance);
    }

    /// <summary>Whether a migration of the instance has begun to transfer and is not over.</summary>
    public static bool IsMigrating(VirtualMachineInstance instance) => instance.Migration is { StartedAt: not null, EndedAt: null };

    private static MachineStanding WithoutInstance(MachineExpectation before, MachineNow now) => before.Fate switch
    {
        VirtualMachineFate.WouldBeLost => Settled(VirtualMachineOutcome.Lost, "Gone: no virtual machine stood behind this instance, so nobody starts it again."),
        VirtualMachineFate.ReplacedUnderNewName => Replaced(before, now),
        _ => Down(before, now),
    };

    private static MachineStanding Ended(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        if (before.Before.Machine is null)
        {
            return before.Fate == VirtualMachineFate.ReplacedUnderNewName
                ? Replaced(before, now)
                : Settled(VirtualMachineOutcome.Lost, $"Ended ({instance.Phase}): no virtual machine stands behind this instance, so nobody starts it again.");
        }

        return Down(before, now);
    }

    /// <summary>A replica set's instance has arrived when another one of the set runs on another node in its place.</summary>
    private static MachineStanding Replaced(MachineExpectation before, MachineNow now)
    {
        var set = before.Instance?.Controller?.Name;
        if (now.Replacement is not { } other)
        {
            return Underway(MachineStage.Starting, $"Gone; its replica set {set} is to make another one on another node.");
        }

        if (other.NodeName is null || !(IsAsReadyAs(before, other) || (other is { Phase: InstancePhase.Running, IsReady: true })))
        {
            return Underway(MachineStage.Starting, $"Its replica set {set} has made {other.Name.Name}, phase {other.Phase}.{Reason(other)}{Attaching(now)}", other.NodeName);
        }

        var away = Away(before, now, other);
        return Settled(VirtualMachineOutcome.Replaced, $"{other.Name.Name} of its replica set {set} runs on {other.NodeName} in its place{WasAway(away)}.") with
        {
            To = other.NodeName,
            AwayFor = away,
        };
    }

    /// <summary>There is no running instance: what the machine's run strategy says now decides whether one will come.</summary>
    private static MachineStanding Down(MachineExpectation before, MachineNow now)
    {
        if (before.Before.Machine is null)
        {
            return Settled(VirtualMachineOutcome.Lost, "Gone: no virtual machine stood behind this instance, so nobody starts it again.");
        }

        if (now.IsComplete && now.Machine is null or { IsDeleting: true })
        {
            return Settled(VirtualMachineOutcome.StaysDown, "Its virtual machine was deleted meanwhile.");
        }

        if (before.Treatment.ShutsDown())
        {
            return ShutDown(before, now);
        }

        var machine = now.Machine ?? before.Before.Machine;
        if (before.StartsAgain && (machine.RunStrategy == before.Before.Machine.RunStrategy || machine.RunStrategy == RunStrategy.Always))
        {
            return Underway(MachineStage.Starting, $"Down; it is started by hand on another node (run strategy {machine.RunStrategy}).{Trouble(now.Machine)}");
        }

        var phase = (now.Instance ?? now.Former ?? before.Instance)?.Phase;
        if (machine.RunStrategy == RunStrategy.Always || (machine.RunStrategy == RunStrategy.RerunOnFailure && phase == InstancePhase.Failed))
        {
            return Underway(MachineStage.Starting, $"Down; KubeVirt is to start it on another node (run strategy {machine.RunStrategy}).{Trouble(now.Machine)}");
        }

        // How it ended may have been missed. The machine's own status then tells when nothing more comes.
        if (machine.RunStrategy == RunStrategy.RerunOnFailure && phase != InstancePhase.Succeeded && now.Machine?.PrintableStatus != "Stopped")
        {
            return Underway(MachineStage.ShuttingDown, "Shutting down.");
        }

        var message = $"Down, and stays so (run strategy {machine.RunStrategy}); '{FateTexts.StartCommand(before.Name, machine.RunStrategy)}' starts it.";
        return Settled(before.IsToRun && machine.RunStrategy != RunStrategy.Halted ? VirtualMachineOutcome.Missing : VirtualMachineOutcome.StaysDown, message);
    }

    /// <summary>It was stopped on purpose; its run strategy says nothing until it is put back.</summary>
    private static MachineStanding ShutDown(MachineExpectation before, MachineNow now) => before.Treatment == VirtualMachineTreatment.ShutDownUntilReturn
        ? Settled(VirtualMachineOutcome.StaysDown, "Shut down for the maintenance, as the policy has it; it is started again when the node returns to service.")
        : Underway(MachineStage.Starting, $"Shut down for the maintenance; it is started again when the drain is done.{Trouble(now.Machine)}");

    private static MachineStanding OnOldNode(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        if (instance.Uid != before.Instance?.Uid)
        {
            return Underway(MachineStage.AtRest, $"Started again on {before.NodeName} itself, and has to leave it once more.") with { IsBack = true };
        }

        if (IsMigrating(instance))
        {
            return Underway(MachineStage.Migrating, $"Migrating to {instance.Migration!.TargetNode}.");
        }

        if (instance.EvacuationNodeName == before.NodeName)
        {
            return MigrationProgress.Judge(before, now, instance);
        }

        return instance.IsDeleting || instance.FindCondition("Ready") is { Status: ConditionStatus.False, Reason: "PodTerminating" or "PodNotExists" }
            ? Underway(MachineStage.ShuttingDown, "Shutting down.")
            : new MachineStanding { Outcome = VirtualMachineOutcome.Unmoved, Message = Unmoved, To = before.NodeName };
    }

    private static MachineStanding AfterMigration(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        if (!IsAsReadyAs(before, instance))
        {
            return Underway(MachineStage.Arriving, $"On {instance.NodeName} after a migration, and not Ready yet.{Reason(instance)}", instance.NodeName);
        }

        // The instance may be told to be on its new node a moment before the migration object ends.
        var unfinished = now.Migrations.FirstOrDefault(migration => !migration.IsFinal);
        return unfinished is not null || !now.IsComplete
            ? Underway(
                MachineStage.Arriving,
                unfinished is null ? $"On {instance.NodeName}." : $"On {instance.NodeName}; its migration {unfinished.Name.Name} is not over.",
                instance.NodeName)
            : new MachineStanding
            {
                Outcome = VirtualMachineOutcome.Migrated,
                To = instance.NodeName,
                Stage = MachineStage.Settled,
                AwayFor = TimeSpan.Zero,
                Message = $"Migrated to {instance.NodeName}.{Paused(instance)}",
                IsSettled = true,
            };
    }

    private static MachineStanding AfterRestart(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        if (!IsAsReadyAs(before, instance) || instance.NodeName is null)
        {
            var where = instance.NodeName is null ? "" : $" on {instance.NodeName}";
            return Underway(MachineStage.Starting, $"Starting{where}, phase {instance.Phase}.{Reason(instance)}{Attaching(now)}", instance.NodeName);
        }

        var away = Away(before, now, instance);
        return new MachineStanding
        {
            Outcome = VirtualMachineOutcome.Restarted,
            Stage = MachineStage.Settled,
            To = instance.NodeName,
            AwayFor = away,
            Message = $"Runs on {instance.NodeName} after a restart{WasAway(away)}.{Paused(instance)}",
            IsSettled = true,
        };
    }

    /// <summary>Null where nobody knows: a machine that had left the node before anybody watched, in a run that died.</summary>
    private static TimeSpan? Away(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        var runningSince = instance.PhaseTransitions.TryGetValue(InstancePhase.Running, out var since) ? since : now.At;
        return LastRun(before, now) is not { } last ? null : runningSince > last ? runningSince - last : TimeSpan.Zero;
    }

    private static string WasAway(TimeSpan? away) =>
        away is { } time ? string.Create(CultureInfo.InvariantCulture, $", was away for {time.TotalSeconds:0.#} s") : "";

    /// <summary>The last moment at which it is known to have run: the node's last sign, else the end of its instance.</summary>
    private static DateTimeOffset? LastRun(MachineExpectation before, MachineNow now)
    {
        if (before.LastSignOfLife is { } sign)
        {
            return sign;
        }

        foreach (var instance in new[] { now.Former, before.Instance }.OfType<VirtualMachineInstance>())
        {
            if (instance.PhaseTransitions.TryGetValue(InstancePhase.Succeeded, out var end) || instance.PhaseTransitions.TryGetValue(InstancePhase.Failed, out end))
            {
                return end;
            }
        }

        return now.Former?.FindCondition("Ready") is { Status: ConditionStatus.False, LastTransitionAt: { } unready } ? unready : null;
    }

    /// <summary>A paused guest is never Ready, and one that ran without being Ready need not become so by moving.</summary>
    private static bool IsAsReadyAs(MachineExpectation before, VirtualMachineInstance now) =>
        now.Phase == InstancePhase.Running
        && !now.IsDeleting
        && (now.IsReady || before.MayStayUnready || (now.IsPaused && before.Instance is { IsPaused: true }));

    private static string Paused(VirtualMachineInstance instance) => instance.IsPaused ? " Paused, as it was." : "";

    private static string Reason(VirtualMachineInstance instance)
    {
        var condition = instance.FindCondition("PodScheduled") is { Status: ConditionStatus.False } unscheduled ? unscheduled : instance.FindCondition("Ready");
        return condition is { Status: not ConditionStatus.True, Reason.Length: > 0 } ? $" {condition.Reason}: {condition.Message}".TrimEnd(' ', ':', '.') + "." : "";
    }

    private static string Attaching(MachineNow now) => now.AttachTrouble is { } trouble ? $" {trouble}" : "";

    private static string Trouble(VirtualMachine? machine)
    {
        if (machine is null)
        {
            return "";
        }

        var failure = machine.Conditions.FirstOrDefault(condition => condition is { Type: "ManualRecoveryRequired" or "Failure", Status: ConditionStatus.True });
        return (machine.PrintableStatus is "Running" or "Starting" or "Stopping" or "Stopped" or "" ? "" : $" Its status is {machine.PrintableStatus}.")
            + (failure is null ? "" : $" {failure.Reason}: {failure.Message}");
    }

    private static MachineStanding Underway(MachineStage stage, string message, string? to = null) =>
        new() { Outcome = VirtualMachineOutcome.Moving, Stage = stage, Message = message, To = to };

    private static MachineStanding Settled(VirtualMachineOutcome outcome, string message) =>
        new() { Outcome = outcome, Stage = MachineStage.Settled, Message = message, IsSettled = true };
}
