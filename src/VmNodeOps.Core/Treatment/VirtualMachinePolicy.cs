using System.Text.Json.Serialization;

namespace VmNodeOps;

/// <summary>What a drain does about each virtual machine, by what would become of it. Immutable; may be written as JSON and bound from configuration.</summary>
/// <remarks>
/// <para>The first that answers counts: <see cref="Choose"/>, then <see cref="Rules"/> in their order, then the property named after the machine's <see cref="VirtualMachineFate"/>.</para>
/// <para>The defaults lose no machine and leave none down: what would be lost, stay down or block for ever refuses the run before anything is written, and the plan names what lifts it.</para>
/// <para>A fate can change between the plan and the eviction, for example when a machine ceases to be migratable. It is judged again before its eviction is asked for; if the policy
/// does not let it proceed then, it is left where it runs and the drain ends as blocked.</para>
/// </remarks>
public sealed record VirtualMachinePolicy
{
    /// <summary>Whatever becomes of them: every machine is evicted, as <c>kubectl drain</c> does it. Machines may stay down, be lost, or block.</summary>
    public static VirtualMachinePolicy ProceedWithAll { get; } = new()
    {
        StaysDown = VirtualMachineTreatment.Proceed,
        RestartsOnlyIfKilled = VirtualMachineTreatment.Proceed,
        WouldBeLost = VirtualMachineTreatment.Proceed,
        Blocks = VirtualMachineTreatment.Proceed,
    };

    /// <summary>Machines that migrate live.</summary>
    /// <value><see cref="VirtualMachineTreatment.Proceed"/>.</value>
    public VirtualMachineTreatment Migrates { get; init; } = VirtualMachineTreatment.Proceed;

    /// <summary>Machines that are shut down and started by KubeVirt on another node.</summary>
    /// <value><see cref="VirtualMachineTreatment.Proceed"/>.</value>
    public VirtualMachineTreatment RestartsElsewhere { get; init; } = VirtualMachineTreatment.Proceed;

    /// <summary>Machines that are shut down and that nobody would start again.</summary>
    /// <value><see cref="VirtualMachineTreatment.Refuse"/>.</value>
    public VirtualMachineTreatment StaysDown { get; init; } = VirtualMachineTreatment.Refuse;

    /// <summary>Machines that are shut down and that KubeVirt would start again only after a failure (RerunOnFailure).</summary>
    /// <value><see cref="VirtualMachineTreatment.Refuse"/>.</value>
    public VirtualMachineTreatment RestartsOnlyIfKilled { get; init; } = VirtualMachineTreatment.Refuse;

    /// <summary>Instances that their replica set replaces under a new name.</summary>
    /// <value><see cref="VirtualMachineTreatment.Proceed"/>; the drain is done when the replacement runs elsewhere.</value>
    public VirtualMachineTreatment ReplacedUnderNewName { get; init; } = VirtualMachineTreatment.Proceed;

    /// <summary>Instances without a virtual machine behind them, which would be gone for good.</summary>
    /// <value><see cref="VirtualMachineTreatment.Refuse"/>.</value>
    public VirtualMachineTreatment WouldBeLost { get; init; } = VirtualMachineTreatment.Refuse;

    /// <summary>Machines that are to migrate and cannot.</summary>
    /// <value><see cref="VirtualMachineTreatment.Refuse"/>.</value>
    public VirtualMachineTreatment Blocks { get; init; } = VirtualMachineTreatment.Refuse;

    /// <summary>Machines that a controller outside KubeVirt moves.</summary>
    /// <value><see cref="VirtualMachineTreatment.Proceed"/>.</value>
    public VirtualMachineTreatment External { get; init; } = VirtualMachineTreatment.Proceed;

    /// <summary>Launcher pods whose instance is gone. To proceed means to delete the pod with its grace, if fresh reads prove that it is an orphan; KubeVirt refuses its eviction for ever.</summary>
    /// <value><see cref="VirtualMachineTreatment.Proceed"/>.</value>
    public VirtualMachineTreatment OrphanLauncher { get; init; } = VirtualMachineTreatment.Proceed;

    /// <summary>Exceptions, the first that fits counts.</summary>
    /// <value>None.</value>
    public IReadOnlyList<VirtualMachineRule> Rules { get; init; } = [];

    /// <summary>A decision in code, asked before everything else; null from it leaves the decision to the rest. It must be quick, harmless and give the same answer for the same machine.</summary>
    /// <value>Null: nobody is asked.</value>
    [JsonIgnore]
    public Func<NodeMachine, VirtualMachineFate, VirtualMachineTreatment?>? Choose { get; init; }

    /// <summary>What is done about a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="fate">What would become of it when it is evicted.</param>
    public VirtualMachineTreatment Of(NodeMachine machine, VirtualMachineFate fate)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return Choose?.Invoke(machine, fate) ?? Rules.FirstOrDefault(rule => rule.Fits(machine, fate))?.Treatment ?? Of(fate);
    }

    /// <summary>What is done about machines of a fate, exceptions apart.</summary>
    public VirtualMachineTreatment Of(VirtualMachineFate fate) => fate switch
    {
        VirtualMachineFate.Migrates => Migrates,
        VirtualMachineFate.RestartsElsewhere => RestartsElsewhere,
        VirtualMachineFate.StaysDown => StaysDown,
        VirtualMachineFate.RestartsOnlyIfKilled => RestartsOnlyIfKilled,
        VirtualMachineFate.ReplacedUnderNewName => ReplacedUnderNewName,
        VirtualMachineFate.WouldBeLost => WouldBeLost,
        VirtualMachineFate.Blocks => Blocks,
        VirtualMachineFate.External => External,
        VirtualMachineFate.OrphanLauncher => OrphanLauncher,
        // What has ended or does not run here has nothing to lose by the eviction of its pod.
        _ => VirtualMachineTreatment.Proceed,
    };

    /// <summary>The same with another treatment of one fate.</summary>
    /// <exception cref="ArgumentException">That fate leaves nothing to decide: such a machine has ended, or runs elsewhere.</exception>
    public VirtualMachinePolicy With(VirtualMachineFate fate, VirtualMachineTreatment treatment) => fate switch
    {
        VirtualMachineFate.Migrates => this with { Migrates = treatment },
        VirtualMachineFate.RestartsElsewhere => this with { RestartsElsewhere = treatment },
        VirtualMachineFate.StaysDown => this with { StaysDown = treatment },
        VirtualMachineFate.RestartsOnlyIfKilled => this with { RestartsOnlyIfKilled = treatment },
        VirtualMachineFate.ReplacedUnderNewName => this with { ReplacedUnderNewName = treatment },
        VirtualMachineFate.WouldBeLost => this with { WouldBeLost = treatment },
        VirtualMachineFate.Blocks => this with { Blocks = treatment },
        VirtualMachineFate.External => this with { External = treatment },
        VirtualMachineFate.OrphanLauncher => this with { OrphanLauncher = treatment },
        _ => throw new ArgumentException($"Nothing is decided about machines of fate {fate}: they have ended, or run elsewhere.", nameof(fate)),
    };

    /// <summary>The same with one exception before those that it has.</summary>
    public VirtualMachinePolicy With(VirtualMachineRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return this with { Rules = [rule, .. Rules] };
    }

    /// <summary>Whether it can lead to a shutdown at all, so that the steps for it are needed.</summary>
    internal bool MayShutDown =>
        Choose is not null
        || Rules.Any(rule => rule.Treatment.ShutsDown())
        || Enum.GetValues<VirtualMachineFate>().Any(fate => Of(fate).ShutsDown());
}
